"""How soon the team answers, and the month in numbers."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import Idea, IdeaTransition, Reply, Topic

COUNTED_DAYS = 90
ENOUGH = 3  # topics; before, a time says nothing
HOUR = 3600
_WORDS: tuple[tuple[int, Promise], ...] = (
    (HOUR, _("The team usually answers within an hour")),
    (6 * HOUR, _("The team usually answers within a few hours")),
    (24 * HOUR, _("The team usually answers within a day")),
    (72 * HOUR, _("The team usually answers within a few days")),
)
# Who still waits counts with the wait so far once that is a day: else only quick answers would be seen.
_MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM coalesce(first_answer_at, %(now)s) - created_at)),
    count(*)
FROM community_topic
WHERE NOT is_by_team AND state <> 'hidden' AND created_at >= %(since)s
    AND (first_answer_at IS NOT NULL OR (waiting_since IS NOT NULL AND created_at < %(day_ago)s))
"""


@dataclass(frozen=True, slots=True)
class ReplyTime:
    """The median of ``topics`` from opening to the team's first answer; None with fewer than ENOUGH."""

    seconds: int | None
    topics: int

    @property
    def words(self) -> str:
        """Empty where there is nothing to say that would help."""
        if self.seconds is None:
            return ""
        return next((str(words) for most, words in _WORDS if self.seconds <= most), "")


def get_reply_time(*, now: dt.datetime | None = None) -> ReplyTime:
    """Of the last 90 days, in one query."""
    now = now or timezone.now()
    values = {"now": now, "since": now - dt.timedelta(days=COUNTED_DAYS), "day_ago": now - dt.timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, values)
        median, topics = cursor.fetchone()
    return ReplyTime(int(median) if topics >= ENOUGH else None, topics)


@dataclass(frozen=True, slots=True)
class Month:
    """What happened from ``first`` to ``last`` day (UTC), both included, in one language or in all."""

    first: dt.date
    last: dt.date
    topics: int
    replies: int
    moved: int

    @property
    def is_empty(self) -> bool:
        return not (self.topics or self.replies or self.moved)


def _bounds(first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime(first.year, first.month, 1, tzinfo=dt.UTC)
    return start, dt.datetime(first.year + first.month // 12, first.month % 12 + 1, 1, tzinfo=dt.UTC)


def _in_month(first: dt.date, language: str) -> tuple[QuerySet[Topic], QuerySet[Reply], QuerySet[IdeaTransition]]:
    within = _bounds(first)
    topics = Topic.objects.visible()
    replies = Reply.objects.filter(
        is_hidden=False, is_opening=False, created_at__gte=within[0], created_at__lt=within[1]
    )
    ideas = Idea.objects.visible()
    if language:
        topics, ideas = topics.filter(language=language), ideas.filter(language=language)
    moved = IdeaTransition.objects.filter(idea__in=ideas, at__gte=within[0], at__lt=within[1]).exclude(from_status="")
    return topics, replies.filter(topic__in=topics), moved


def get_month(first: dt.date, language: str = "") -> Month:
    """Three queries."""
    topics, replies, moved = _in_month(first, language)
    start, end = _bounds(first)
    opened = topics.filter(created_at__gte=start, created_at__lt=end).count()
    return Month(start.date(), end.date() - dt.timedelta(days=1), opened, replies.count(), moved.count())


def get_month_topics(first: dt.date, language: str = "", *, limit: int = 8) -> list[Topic]:
    """The month's most talked about topics. One query."""
    topics, _replies, _moved = _in_month(first, language)
    start, end = _bounds(first)
    opened = topics.filter(created_at__gte=start, created_at__lt=end).select_related(
        "author__avatar", "channel__avatar"
    )
    return list(opened.order_by("-reply_count", "-pk")[:limit])


def get_month_moves(first: dt.date, language: str = "", *, limit: int = 20) -> list[IdeaTransition]:
    """How ideas moved on, newest first. One query."""
    _topics, _replies, moved = _in_month(first, language)
    return list(moved.select_related("idea").order_by("-at", "-pk")[:limit])
