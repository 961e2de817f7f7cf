"""Lists of conversations, newest word first, paged by keyset."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Coalesce

from accounts.models import User
from chat.models import Conversation, Label, Message
from chat.models.messages import Folded, fold
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Role

PAGE = 30
MAX_WORDS = 80
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_JOINED = ("shopper__avatar", "channel__avatar", "product__cover", "last_message", "assignee")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of a team's inbox is wanted; ``show`` is "", "unread", "mine", "unassigned" or "archived"."""

    show: str = ""
    label: Label | None = None
    words: str = ""


def _page(conversations: QuerySet[Conversation], after: str) -> Page[Conversation]:
    """Two integers make the cursor: microseconds since 1970, id. Raises core.pages.BadCursor."""
    if after:
        micros, pk = decode_cursor(after, 2)
        moment = _EPOCH + dt.timedelta(microseconds=micros)
        conversations = conversations.filter(TupleLessThan(Tuple("last_message_at", "id"), (moment, pk)))
    # The index gives the ids in their order; joins are for the few rows of the page only.
    ordered = conversations.order_by(F("last_message_at").desc(), F("id").desc())
    places = {pk: place for place, pk in enumerate(ordered.values_list("pk", flat=True)[: PAGE + 1])}
    found = Conversation.objects.filter(pk__in=places).select_related(*_JOINED).prefetch_related("labels")
    rows = sorted(found, key=lambda conversation: places[conversation.pk])
    if len(rows) <= PAGE:
        return Page(rows, "")
    last = rows[PAGE - 1]
    assert last.last_message_at is not None  # noqa: S101 - for the type checker; unbegun ones are not listed
    micros = (last.last_message_at - _EPOCH) // dt.timedelta(microseconds=1)
    return Page(rows[:PAGE], encode_cursor(micros, last.pk))


def _matching(conversations: QuerySet[Conversation], words: str, names: tuple[str, ...]) -> QuerySet[Conversation]:
    """Those whose names or messages hold the words. Each part is looked up once, by its own index."""
    words = fold(" ".join(words.split())[:MAX_WORDS])
    if not words:
        return conversations
    here = conversations.order_by().values("pk")
    said = Message.objects.alias(folded=Folded("text")).filter(folded__contains=words)
    wanted = Q(Exists(said.filter(conversation=OuterRef("pk"))))
    for name in names:
        wanted |= Q(pk__in=here.alias(folded=Folded(name)).filter(folded__contains=words))
    return conversations.filter(wanted)


def get_own_inbox(person: User, *, words: str = "", after: str = "") -> Page[Conversation]:
    """A shopper's conversations; three queries. Raises core.pages.BadCursor."""
    conversations = Conversation.objects.of_shopper(person.pk).begun()
    return _page(_matching(conversations, words, ("channel__name", "product__title")), after)


def get_team_inbox(channel: Channel, person: User, wanted: InboxFilter, *, after: str = "") -> Page[Conversation]:
    """A channel's conversations as its team filters them, with their labels; three queries. Raises BadCursor."""
    conversations = Conversation.objects.filter(channel=channel, is_archived=wanted.show == "archived").begun()
    if wanted.show == "unread":
        conversations = conversations.filter(channel_unread__gt=0)
    elif wanted.show == "mine":
        conversations = conversations.filter(assignee=person)
    elif wanted.show == "unassigned":
        conversations = conversations.filter(assignee=None)
    if wanted.label:
        conversations = conversations.filter(labels=wanted.label)
    names = ("shopper__display_name", "product__title")
    return _page(_matching(conversations, wanted.words, names), after)


def get_team_inboxes(person: User) -> list[Channel]:
    """The channels whose chats the person answers, each with ``waiting`` unread messages."""
    waiting = Conversation.objects.filter(channel=OuterRef("pk"), channel_unread__gt=0).order_by()
    count = waiting.values("channel").annotate(n=Sum("channel_unread")).values("n")
    channels = Channel.objects.of_member(person.pk, Role.AGENT).select_related("avatar")
    return list(channels.annotate(waiting=Coalesce(Subquery(count), 0)).order_by("name", "pk"))
