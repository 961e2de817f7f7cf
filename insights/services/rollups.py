"""Logs are counted into small tables, a day at a time: each day in one transaction, in order, as often as one likes."""

import datetime as dt
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from insights.models import ChannelDay, ChannelSource, SearchTerm, ShopDay, ShopperDay
from insights.services import statements
from sellers.models import Channel

DAY = dt.timedelta(days=1)
GRACE = dt.timedelta(minutes=10)  # for what is on its way to the logs
PATIENCE = 200  # seconds a run begins further days; the next one goes on
REPLY_DAYS = 28
KEPT = {ShopperDay: 40, SearchTerm: 180, ChannelDay: 400, ChannelSource: 400}  # days
TABLES = ("insights_visit", "insights_search")


def roll_up(*, now: dt.datetime | None = None, since: dt.date | None = None, patience: float = PATIENCE) -> int:
    """Counts the days that are over and not counted yet, the oldest first, then today so far. Returns how many days.

    It begins at ``since``, else at the first day ever counted, else when the first channel was made. After ``patience``
    seconds it begins no further day.
    """
    end = time.monotonic() + patience
    today = ((now or timezone.now()) - GRACE).astimezone(dt.UTC).date()
    count = 0
    for day in _missing_days(today, since):
        if time.monotonic() >= end:
            return count
        roll_up_day(day=day, is_final=True)
        count += 1
    roll_up_day(day=today, is_final=False)
    return count + 1


@transaction.atomic
def roll_up_day(*, day: dt.date, is_final: bool) -> None:
    """Counts one day anew. Two that come at once are one after the other."""
    since = dt.datetime.combine(day, dt.time(), dt.UTC)
    params: dict[str, dt.date | bool] = {
        "day": day,
        "is_final": is_final,
        "since": since,
        "until": since + DAY,
        "month": since - (REPLY_DAYS - 1) * DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('insights.roll_up'))")
        for statement in statements.ALL:
            cursor.execute(statement, params)


def prune() -> int:
    """Makes the days to come and drops those past what is kept; returns how many days' logs were dropped."""
    today = timezone.now().astimezone(dt.UTC).date()
    for model, days in KEPT.items():
        model._default_manager.filter(day__lt=today - days * DAY).delete()
    dropped = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute("SELECT insights_keep_days(%s, %s)", [table, settings.VISIT_DAYS])
            dropped += cursor.fetchone()[0]
    return dropped


def _missing_days(today: dt.date, since: dt.date | None) -> Iterator[dt.date]:
    """Days before ``today`` that are not final, none older than the log."""
    first = since or ShopDay.objects.aggregate(first=Min("day"))["first"]
    if first is None:
        made = Channel.objects.aggregate(first=Min("created_at"))["first"]
        first = made.astimezone(dt.UTC).date() if made else today
    first = max(first, today - settings.INTERACTION_DAYS * DAY)
    done = set(ShopDay.objects.filter(day__gte=first, is_final=True).values_list("day", flat=True))
    for number in range((today - first).days):
        day = first + number * DAY
        if day not in done:
            yield day
