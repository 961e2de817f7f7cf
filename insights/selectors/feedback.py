"""What staff see of what people told."""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek

from insights.models import Feedback

WEEKS = 12


def get_moods_by_week(until: dt.date, weeks: int = WEEKS) -> list[tuple[dt.date, list[int]]]:
    """(first day of the week, how many of each mood from awful to great) for the ``weeks`` up to that of ``until``,
    oldest first, weeks in which nobody told anything too; one query. Weeks begin on Monday (UTC)."""
    monday = until - dt.timedelta(days=until.weekday())
    dates = [monday - dt.timedelta(weeks=back) for back in reversed(range(weeks))]
    first, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (dates[0], monday + dt.timedelta(weeks=1)))
    told = Feedback.objects.filter(created_at__gte=first, created_at__lt=end)
    by_week = told.annotate(week=TruncWeek("created_at", tzinfo=dt.UTC)).values("week", "mood")
    rows: QuerySet[Any] = by_week.annotate(n=Count("pk")).order_by()
    counts = {(row["week"].date(), row["mood"]): row["n"] for row in rows}
    return [(date, [counts.get((date, mood), 0) for mood in Feedback.Mood.values]) for date in dates]
