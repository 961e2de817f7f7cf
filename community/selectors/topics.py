"""Lists of topics, one topic with its replies, search, and what is unread. A constant number of queries each."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Coalesce
from django.http import Http404

from community import words as spelling
from community.models import Reply, Topic, TopicMark
from community.selectors.standing import Standing
from core.pages import Page, cursor_at, decode_cursor, encode_cursor, place_of

PAGE = 20
REPLIES = 30
MAX_QUERY = 80
ALL_LANGUAGES = "all"


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """What of the topics is wanted; ``show`` is "", "following" or "waiting". Without a language all are, and what is
    followed is shown in whatever language."""

    board: str = ""
    show: str = ""
    language: str = ""


def _open_to(standing: Standing) -> QuerySet[Topic]:
    """The team sees what is hidden too."""
    return Topic.objects.all() if standing.is_team else Topic.objects.visible()


def _with_unread(topics: QuerySet[Topic], standing: Standing) -> QuerySet[Topic]:
    """``read_up_to`` (None: never opened), ``is_followed``, and ``unread`` replies after the mark."""
    marks = TopicMark.objects.filter(topic=OuterRef("pk"), person=standing.person)
    later = Reply.objects.filter(topic=OuterRef("pk"), is_hidden=False, pk__gt=OuterRef("read_up_to")).order_by()
    counted = later.values("topic").annotate(n=Count("pk")).values("n")
    topics = topics.annotate(
        read_up_to=Subquery(marks.values("read_up_to")[:1]), is_followed=Subquery(marks.values("is_following")[:1])
    )
    return topics.annotate(unread=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def get_topics(standing: Standing, wanted: TopicFilter, *, after: str = "") -> Page[Topic]:
    """Newest words first; the team's list of who waits: longest first. One query. Raises core.pages.BadCursor."""
    topics = _open_to(standing)
    if wanted.board:
        topics = topics.filter(board=wanted.board)
    if wanted.show == "following":
        topics = topics.filter(marks__person=standing.person, marks__is_following=True)
    elif wanted.language:
        topics = topics.filter(language=wanted.language)
    joined = topics.select_related("author__avatar", "channel__avatar", "poll")
    if wanted.show == "waiting":
        return _waiting(_with_unread(joined.filter(waiting_since__isnull=False), standing), after)
    if after:
        joined = joined.filter(TupleLessThan(Tuple("active_at", "id"), place_of(after)))
    rows = list(_with_unread(joined, standing).order_by(F("active_at").desc(), F("id").desc())[: PAGE + 1])
    more = len(rows) > PAGE
    return Page(rows[:PAGE], cursor_at(rows[PAGE - 1].active_at, rows[PAGE - 1].pk) if more else "")


def _waiting(topics: QuerySet[Topic], after: str) -> Page[Topic]:
    if after:
        moment, pk = place_of(after)
        topics = topics.filter(Q(waiting_since__gt=moment) | Q(waiting_since=moment, pk__gt=pk))
    rows = list(topics.order_by("waiting_since", "pk")[: PAGE + 1])
    if len(rows) <= PAGE:
        return Page(rows, "")
    last = rows[PAGE - 1]
    assert last.waiting_since is not None  # noqa: S101 - for the type checker; the list holds those who wait
    return Page(rows[:PAGE], cursor_at(last.waiting_since, last.pk))


def get_topic(standing: Standing, pk: int) -> Topic:
    """The topic with its poll, and ``is_followed`` of the person; else Http404."""
    marks = TopicMark.objects.filter(topic=OuterRef("pk"), person=standing.person)
    topics = (
        _open_to(standing)
        .select_related("poll", "channel", "author")
        .annotate(
            is_followed=Subquery(marks.values("is_following")[:1]),
            read_up_to=Coalesce(Subquery(marks.values("read_up_to")[:1]), 0),
        )
    )
    topic = topics.filter(pk=pk).first()
    if topic is None:
        raise Http404
    return topic


def get_reply(standing: Standing, pk: int) -> Reply:
    """A reply the person may see, with its topic; else Http404."""
    replies = Reply.objects.filter(topic__in=_open_to(standing)).select_related("topic", "author", "channel", "idea")
    if not standing.is_team:
        replies = replies.filter(is_hidden=False)
    reply = replies.filter(pk=pk).first()
    if reply is None:
        raise Http404
    return reply


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of a topic's replies, oldest first; ``opening`` on the first page only, ``earlier`` if some were left out."""

    opening: Reply | None
    page: Page[Reply]
    earlier: bool

    @property
    def last_id(self) -> int:
        shown = [*([self.opening] if self.opening else []), *self.page.rows]
        return shown[-1].pk if shown else 0


def get_thread(standing: Standing, topic: Topic, *, at: int = 0, after: str = "") -> Thread:
    """The replies that begin with ``at`` (an id) or follow the cursor ``after``; the team sees hidden ones, marked.

    Two queries, four with pictures. Raises core.pages.BadCursor.
    """
    joined = Reply.objects.filter(topic=topic).select_related("author__avatar", "channel__avatar", "idea")
    if not standing.is_team:
        joined = joined.filter(is_hidden=False)
    replies = joined.prefetch_related("pictures__picture").order_by("pk")
    start = decode_cursor(after, 1)[0] + 1 if after else at
    later = replies.filter(pk__gte=start) if start else replies
    size = REPLIES + (0 if start else 1)  # the opening stands above the page
    rows = list(later[: size + 1])
    rows, more = rows[:size], len(rows) > size
    opening = rows.pop(0) if not start and rows and rows[0].is_opening else None
    if at and not after:
        rows = [reply for reply in rows if not reply.is_opening]
        opening = replies.filter(is_opening=True).first()
    return Thread(opening, Page(rows, encode_cursor(rows[-1].pk) if more and rows else ""), bool(at and not after))


def search_replies(standing: Standing, text: str, *, after: str = "") -> Page[Reply]:
    """Replies that hold every word (or its beginning), newest first. One query. Raises core.pages.BadCursor."""
    asked = spelling.query(text[:MAX_QUERY])
    if not asked:
        return Page([], "")
    found = Reply.objects.filter(
        words=SearchQuery(asked, config="simple", search_type="raw"), is_hidden=False, topic__in=Topic.objects.visible()
    )
    if after:
        found = found.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = list(found.select_related("topic", "author__avatar", "channel__avatar").order_by("-pk")[: PAGE + 1])
    return Page(rows[:PAGE], encode_cursor(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def count_unread(standing: Standing) -> int:
    """Topics the person follows that hold words after her mark; for the team also those in which somebody waits."""
    marks = TopicMark.objects.filter(
        person=standing.person, is_following=True, topic__last_reply__gt=F("read_up_to")
    ).exclude(topic__state=Topic.State.HIDDEN)
    if not standing.is_team:
        return marks.count()
    return Topic.objects.visible().filter(Q(waiting_since__isnull=False) | Q(pk__in=marks.values("topic"))).count()
