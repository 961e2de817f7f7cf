"""One conversation and who may see it. Loaders refuse strangers with 404."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from accounts.models import User
from chat.models import Block, Conversation, Message, Side
from payments.machine import State
from payments.models import MoneyRequest
from sellers.models import Channel, Role

_JOINED = (
    "shopper__avatar",
    "channel__avatar",
    "channel__reply_time",
    "product__cover",
    "product__category",
    "assignee",
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in a conversation, on one of its sides."""

    conversation: Conversation
    person: User
    side: Side

    @property
    def is_team(self) -> bool:
        return self.side == Side.CHANNEL

    @property
    def other(self) -> Side:
        return Side.SHOPPER if self.is_team else Side.CHANNEL

    @property
    def other_read_id(self) -> int:
        """Up to which message the other side has read."""
        return self.conversation.read_by(self.other)

    @property
    def other_name(self) -> str:
        return self.conversation.shopper.get_short_name() if self.is_team else self.conversation.channel.name


def _answered_by(person: User) -> Q:
    return Q(channel__in=Channel.objects.of_member(person.pk, Role.AGENT).values("pk"))


def _open_to(person: User, pk: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(Q(shopper=person) | _answered_by(person), pk=pk)


def find_side(person: User, pk: int) -> tuple[Side, int] | None:
    """What of ``get_seat`` a stream needs, in one light query: the person's side, and the channel's id."""
    found = _open_to(person, pk).values_list("shopper", "channel").first()
    return (Side.SHOPPER if found[0] == person.pk else Side.CHANNEL, found[1]) if found else None


def get_seat(person: User, pk: int) -> Seat:
    """The person's place in the conversation, as shopper or as somebody of the team (agents up); else Http404."""
    conversation = _open_to(person, pk).select_related(*_JOINED).first()
    if conversation is None:
        raise Http404
    return Seat(conversation, person, Side.SHOPPER if conversation.shopper_id == person.pk else Side.CHANNEL)


def get_reply_words(channel: Channel) -> str:
    """How soon the team usually answers; empty where too few asked. Costs nothing if ``reply_time`` was joined."""
    known = getattr(channel, "reply_time", None)
    return known.words if known else ""


def get_block_sides(conversation: Conversation) -> set[str]:
    """Which sides do not want to hear from the other."""
    blocks = Block.objects.filter(channel=conversation.channel_id, shopper=conversation.shopper_id)
    return set(blocks.values_list("side", flat=True))


def count_unread(person: User) -> int:
    """Messages that wait for the person, as shopper and in the channels she answers for."""
    own = Conversation.objects.of_shopper(person.pk).filter(shopper_unread__gt=0).aggregate(n=Sum("shopper_unread"))
    team = Conversation.objects.of_team(person.pk).filter(channel_unread__gt=0).aggregate(n=Sum("channel_unread"))
    return (own["n"] or 0) + (team["n"] or 0)


def get_disputed() -> QuerySet[Conversation]:
    """Conversations in which money is disputed: the only ones that staff may read."""
    cards = Message.objects.filter(conversation=OuterRef("pk"), kind=Message.Kind.MONEY, money__state=State.DISPUTED)
    return Conversation.objects.filter(Exists(cards))


def has_open_dispute(conversation: Conversation) -> bool:
    """Whether staff must decide about money of this conversation."""
    return get_disputed().filter(pk=conversation.pk).exists()


def get_disputed_requests(conversation: Conversation) -> list[MoneyRequest]:
    """What staff must decide about here, oldest first."""
    cards = Message.objects.filter(conversation=conversation, kind=Message.Kind.MONEY).values("money")
    return list(MoneyRequest.objects.filter(pk__in=cards, state=State.DISPUTED).order_by("pk"))
