"""The lines of a thread, ready to be shown: where a day begins, where a speaker changes, what was read."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from chat.models import Message, MessagePicture
from chat.selectors.conversations import Seat, get_seat
from payments.cards import Card, get_cards_by_id

PAGE = 40
MOST_NEWS = 200  # what one request for news brings; the next brings the rest
PAUSE = dt.timedelta(minutes=5)  # words of one speaker within it stand close together
_PICTURES = Prefetch("pictures", queryset=MessagePicture.objects.select_related("picture").order_by("position"))


@dataclass(frozen=True, slots=True)
class Line:
    """A message as one of its readers sees it."""

    message: Message
    day: dt.date | None  # the day that begins with it
    is_mine: bool  # said by the reader's side
    is_close: bool  # the same speaker goes on
    is_read: bool  # by the other side
    card: Card | None = None  # of the money request it shows

    @property
    def has_unready_pictures(self) -> bool:
        """Whether copies are still being made, so that the line should be looked at again."""
        return any(not kept.picture.is_ready() for kept in self.message.pictures.all())


@dataclass(frozen=True, slots=True)
class Thread:
    """Some lines of a conversation, oldest first; ``earlier`` is the id before which there are more, or 0.

    ``has_later``: of what came after a message there is more behind ``last_id``.
    """

    lines: list[Line]
    earlier: int
    last_id: int
    has_later: bool = False


def get_messages(seat: Seat, *, after: int | None = None, before: int | None = None) -> Thread:
    """The newest page, the one before a message, or the MOST_NEWS that came next after one.

    Two or three queries, and six for all cards of money together.
    """
    messages = Message.objects.filter(conversation=seat.conversation)
    messages = messages.select_related("author", "product__cover", "product__category", "money")
    messages = messages.prefetch_related(_PICTURES)
    if after is not None:
        found = list(messages.filter(pk__gt=after).order_by("pk")[: MOST_NEWS + 1])
        rows = found[:MOST_NEWS]
        known = Message.objects.filter(conversation=seat.conversation, pk__lte=after).order_by("-pk").first()
        return Thread(_lay_out(seat, rows, known), 0, rows[-1].pk if rows else after, len(found) > MOST_NEWS)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    rows = list(messages.order_by("-pk")[: PAGE + 1])[::-1]
    previous = rows.pop(0) if len(rows) > PAGE else None
    return Thread(_lay_out(seat, rows, previous), rows[0].pk if previous else 0, rows[-1].pk if rows else 0)


def get_card_address(person: User, token: str) -> str:
    """Where the card of a request stands in its thread, for who sits there; else Http404."""
    cards = Message.objects.filter(kind=Message.Kind.MONEY, money__token=token)
    card = get_object_or_404(cards.only("conversation"))
    address = get_seat(person, card.conversation_id).conversation.get_absolute_url()
    newer = Message.objects.filter(conversation=card.conversation_id, pk__gt=card.pk).count()
    return f"{address}#m{card.pk}" if newer < PAGE else f"{address}?before={card.pk + 1}#m{card.pk}"


def get_message(seat: Seat, pk: int) -> Thread:
    """One message of the conversation as a thread of its own; none if it is not there."""
    whole = get_messages(seat, before=pk + 1)
    return Thread([line for line in whole.lines if line.message.pk == pk], 0, pk)


def _lay_out(seat: Seat, messages: list[Message], previous: Message | None) -> list[Line]:
    lines = []
    asked = [one.money_id for one in messages if one.money_id and one.kind == Message.Kind.MONEY]
    cards = get_cards_by_id(asked, seat.person)
    for message in messages:
        day = timezone.localtime(message.sent_at).date()
        is_new_day = previous is None or timezone.localtime(previous.sent_at).date() != day
        lines.append(
            Line(
                message=message,
                day=day if is_new_day else None,
                is_mine=message.side == seat.side,
                is_close=not is_new_day and previous is not None and _goes_on(previous, message),
                is_read=message.pk <= seat.other_read_id,
                card=cards.get(message.money_id or 0) if message.kind == Message.Kind.MONEY else None,
            )
        )
        previous = message
    return lines


def _goes_on(previous: Message, message: Message) -> bool:
    same = (previous.side, previous.author_id) == (message.side, message.author_id)
    return same and message.sent_at - previous.sent_at < PAUSE
