"""Lists of conversations, newest word first, paged by keyset."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Coalesce

from accounts.models import User
from chat.models import Conversation, Label, Message
from core.folding import Folded, fold
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Product, Role

PAGE = 30
MAX_WORDS = 80
MOST_FOUND = 500  # words found more often are common: the newest that hold them are near the top
MOST_READ = 3000  # conversations that are looked through for common or very short words
NEAR = 150  # conversations that are looked through first: a word in every third fills a page from there
_INDEXED = re.compile(r"[^\W_]{3}")  # trigrams are made of letters and digits
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NEWEST = (F("last_message_at").desc(), F("id").desc())
_JOINED = ("shopper__avatar", "channel__avatar", "product__cover", "last_message", "assignee")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What of a team's inbox is wanted; ``show`` is "", "unread", "mine", "unassigned" or "archived"."""

    show: str = ""
    label: Label | None = None
    words: str = ""


def _from(conversations: QuerySet[Conversation], after: str) -> QuerySet[Conversation]:
    """Two integers make the cursor: microseconds since 1970, id. Raises core.pages.BadCursor."""
    if not after:
        return conversations
    micros, pk = decode_cursor(after, 2)
    moment = _EPOCH + dt.timedelta(microseconds=micros)
    return conversations.filter(TupleLessThan(Tuple("last_message_at", "id"), (moment, pk)))


def _page(conversations: QuerySet[Conversation]) -> Page[Conversation]:
    # The index gives the ids in their order; joins are for the few rows of the page only.
    ordered = conversations.order_by(*_NEWEST)
    places = {pk: place for place, pk in enumerate(ordered.values_list("pk", flat=True)[: PAGE + 1])}
    found = Conversation.objects.filter(pk__in=places).select_related(*_JOINED).prefetch_related("labels")
    rows = sorted(found, key=lambda conversation: places[conversation.pk])
    if len(rows) <= PAGE:
        return Page(rows, "")
    last = rows[PAGE - 1]
    assert last.last_message_at is not None  # noqa: S101 - for the type checker; unbegun ones are not listed
    micros = (last.last_message_at - _EPOCH) // dt.timedelta(microseconds=1)
    return Page(rows[:PAGE], encode_cursor(micros, last.pk))


def _fold(words: str) -> str:
    return fold(" ".join(words.split())[:MAX_WORDS])


def _holding(
    conversations: QuerySet[Conversation], words: str, names: tuple[str, ...], most: int
) -> QuerySet[Conversation]:
    """Those that hold folded words, looked at one by one in the list's order: of the newest ``most`` only."""
    further = conversations.order_by(*_NEWEST).values_list("last_message_at", flat=True)[most : most + 1]
    for moment in further:
        conversations = conversations.filter(last_message_at__gt=moment)
    said = Message.objects.alias(folded=Folded("text")).filter(conversation=OuterRef("pk"), folded__contains=words)
    conversations = conversations.alias(said=Subquery(said.values("pk")[:1]))  # never hashed, unlike EXISTS
    wanted = Q(said__isnull=False)
    for place, name in enumerate(names):
        conversations = conversations.alias(**{f"name{place}": Folded(name)})
        wanted |= Q(**{f"name{place}__contains": words})
    return conversations.filter(wanted)


def _found(channel: Channel, words: str) -> Q | None:
    """Where folded words were found by their indexes, to be asked within the channel; None if that is not the way.

    It is not for words found very often, nor for those of less than three letters, which the indexes do not know.
    """
    if not _INDEXED.search(words):
        return None
    said = Message.objects.alias(folded=Folded("text")).filter(folded__contains=words)
    people = User.objects.alias(folded=Folded("display_name")).filter(folded__contains=words)
    things = Product.objects.filter(channel=channel).alias(folded=Folded("title")).filter(folded__contains=words)
    wanted = Q()
    for name, found in (
        ("pk__in", said.values_list("conversation", flat=True)),
        ("shopper__in", people.values_list("pk", flat=True)),
        ("product__in", things.values_list("pk", flat=True)),
    ):
        ids = list(found[:MOST_FOUND])
        if len(ids) == MOST_FOUND:
            return None
        wanted |= Q(**{name: ids})
    return wanted


def get_own_inbox(person: User, *, words: str = "", after: str = "") -> Page[Conversation]:
    """A shopper's conversations; three queries, four by words. Raises core.pages.BadCursor."""
    conversations: QuerySet[Conversation] = Conversation.objects.of_shopper(person.pk).begun()
    if words := _fold(words):
        conversations = _holding(conversations, words, ("channel__name", "product__title"), MOST_READ)
    return _page(_from(conversations, after))


def get_team_inbox(channel: Channel, person: User, wanted: InboxFilter, *, after: str = "") -> Page[Conversation]:
    """A channel's conversations as its team filters them, with their labels; three queries, ten by words at most.

    Raises core.pages.BadCursor.
    """
    conversations: QuerySet[Conversation] = Conversation.objects.filter(channel=channel).begun()
    conversations = conversations.filter(is_archived=wanted.show == "archived")
    if wanted.show == "unread":
        conversations = conversations.filter(channel_unread__gt=0)
    elif wanted.show == "mine":
        conversations = conversations.filter(assignee=person)
    elif wanted.show == "unassigned":
        conversations = conversations.filter(assignee=None)
    if wanted.label:
        conversations = conversations.filter(labels=wanted.label)
    words = _fold(wanted.words)
    return _search(channel, conversations, words, after) if words else _page(_from(conversations, after))


def _search(channel: Channel, conversations: QuerySet[Conversation], words: str, after: str) -> Page[Conversation]:
    """What is common fills a page from the nearest conversations; else the indexes are asked."""
    names = ("shopper__display_name", "product__title")
    near = _page(_holding(_from(conversations, after), words, names, NEAR))
    if near.next_cursor:
        return near
    found = _found(channel, words)
    held = _holding(conversations, words, names, MOST_READ) if found is None else conversations.filter(found)
    return _page(_from(held, after))


def get_team_inboxes(person: User) -> list[Channel]:
    """The channels whose chats the person answers, each with ``waiting`` unread messages."""
    waiting = Conversation.objects.filter(channel=OuterRef("pk"), channel_unread__gt=0).order_by()
    count = waiting.values("channel").annotate(n=Sum("channel_unread")).values("n")
    channels = Channel.objects.of_member(person.pk, Role.AGENT).select_related("avatar")
    return list(channels.annotate(waiting=Coalesce(Subquery(count), 0)).order_by("name", "pk"))
