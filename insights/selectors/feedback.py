"""What staff see of what people told."""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from insights.models import Feedback

WEEKS = 12


def get_moods_by_week(weeks: int = WEEKS) -> list[tuple[dt.date, list[int]]]:
    """(first day of the week, how many of each mood from awful to great) for the last ``weeks``, oldest first, weeks in
    which nobody told anything too; one query. Weeks begin on Monday (UTC)."""
    today = timezone.now().date()
    monday = today - dt.timedelta(days=today.weekday())
    dates = [monday - dt.timedelta(weeks=back) for back in reversed(range(weeks))]
    told = Feedback.objects.filter(created_at__gte=dt.datetime.combine(dates[0], dt.time(), dt.UTC))
    by_week = told.annotate(week=TruncWeek("created_at", tzinfo=dt.UTC)).values("week", "mood")
    rows: QuerySet[Any] = by_week.annotate(n=Count("pk")).order_by()
    counts = {(row["week"].date(), row["mood"]): row["n"] for row in rows}
    return [(date, [counts.get((date, mood), 0) for mood in Feedback.Mood.values]) for date in dates]
