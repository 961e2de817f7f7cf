"""How often channels were shown in seven days, beside how often they should be."""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from core import markets
from recommender.models import Exposure

WINDOW = dt.timedelta(days=7)
_REPORT = """
SELECT market, count(*), count(*) FILTER (WHERE shown >= %(wanted)s),
    coalesce(sum(%(wanted)s - shown) FILTER (WHERE shown < %(wanted)s), 0), min(shown),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY shown), max(shown)
FROM recommender_exposure GROUP BY market ORDER BY market
"""


class MarketReport(NamedTuple):
    """``lacking`` impressions are what all channels below their number lack together."""

    market: str
    channels: int
    reached: int
    lacking: int
    least: int
    middle: int
    most: int


def get_market_reports() -> list[MarketReport]:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, {"wanted": settings.CHANNEL_IMPRESSIONS})
        return [MarketReport(str(markets.MARKETS[code].name), *told) for code, *told in cursor.fetchall()]


def get_overdue(rows: QuerySet[Exposure]) -> QuerySet[Exposure]:
    """Those of channels that were open all week and still were shown too little."""
    return rows.filter(shown__lt=settings.CHANNEL_IMPRESSIONS, channel__opened_at__lte=timezone.now() - WINDOW)
