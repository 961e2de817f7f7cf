"""The live campaigns, in each process's memory: read whole once in a while, and what changed every few seconds.

A page pays one small query in REFRESH_SECONDS for it; an ad whose money, dates or channel end goes within these.
"""

import datetime as dt
import threading
import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from ads.models import Campaign
from ads.selectors.auction import Candidate, Index
from core.markets import MARKETS
from sellers import selectors as sellers

REFRESH_SECONDS, WHOLE_SECONDS = 3.0, 300.0
OVERLAP = dt.timedelta(seconds=10)  # a transaction may commit that long after the moment it wrote
THINGS = 5  # of a channel that stand for it, the most popular
_LIVE = f"""
SELECT c.id, c.channel_id, c.product_id IS NOT NULL,
    CASE WHEN c.product_id IS NULL THEN things.ids ELSE ARRAY[c.product_id] END,
    CASE WHEN c.product_id IS NULL THEN things.kinds ELSE ARRAY[product.category_id] END,
    c.placements, channel.market, c.language, c.people, c.category_ids, lower(c.city), c.bid_minor,
    c.daily_budget_minor, c.total_budget_minor - c.spent_minor - c.leased_minor,
    today.day, coalesce(d.spent_minor + d.leased_minor, 0), c.start_date, c.end_date, coalesce(creative.line, ''),
    c.status = %(running)s AND c.dry_at IS NULL AND channel.state IN ('open', 'holiday')
        AND (c.funding <> 'credit' OR coalesce(line.status, 'active') = 'active')
        AND NOT {sellers.AWAY.format("channel")} AND c.end_date >= today.day
FROM ads_campaign c
JOIN sellers_channel channel ON channel.id = c.channel_id
JOIN unnest(%(markets)s::text[], %(days)s::date[]) AS today (market, day) ON today.market = channel.market
LEFT JOIN sellers_product product ON product.id = c.product_id
LEFT JOIN ads_campaignday d ON d.campaign_id = c.id AND d.day = today.day
LEFT JOIN ads_creditline line ON line.channel_id = c.channel_id
LEFT JOIN ads_creative creative ON creative.campaign_id = c.id AND creative.state = 'accepted'
LEFT JOIN LATERAL (
    SELECT array_agg(best.id) AS ids, array_agg(DISTINCT best.category_id) AS kinds FROM (
        SELECT id, category_id FROM sellers_product
        WHERE c.product_id IS NULL AND channel_id = c.channel_id AND is_listed AND (stock IS NULL OR stock > 0)
        ORDER BY popularity DESC, id DESC LIMIT %(things)s
    ) best
) things ON c.product_id IS NULL
WHERE {{where}}
"""  # noqa: S608 - our own text
_ALL = _LIVE.format(where="c.status = %(running)s")
_CHANGED = _LIVE.format(where="c.changed_at > %(since)s")


def market_now(market: str) -> dt.datetime:
    """The moment on the clock of a market."""
    return timezone.now().astimezone(ZoneInfo(MARKETS[market].time_zone))


def _read(sql: str, since: dt.datetime | None = None) -> list[tuple[int, Candidate | None]]:
    """The campaigns asked for; None instead of those that are not live."""
    params: dict[str, Any] = {
        "running": Campaign.Status.RUNNING,
        "markets": list(MARKETS),
        "days": [market_now(market).date() for market in MARKETS],
        "things": THINGS,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return [(row[0], _candidate(row) if row[-1] and row[3] else None) for row in rows]


def _candidate(row: tuple[Any, ...]) -> Candidate:
    pk, channel, is_product, ids, kinds, places, market, language, people, wants, *rest = row[:-1]
    lists = (tuple(ids), tuple(kinds), tuple(places))
    return Candidate(pk, channel, is_product, *lists, market, language, people, frozenset(wants), *rest)


class Live:
    """The index of this process, and when it was read."""

    def __init__(self) -> None:
        self._index = Index()
        self._since: dt.datetime | None = None
        self._looked_at = self._whole_at = 0.0
        self._reading = threading.Lock()

    def get_index(self) -> Index:
        """The campaigns as they were at most REFRESH_SECONDS ago; while one thread reads, the others take what is
        there."""
        if time.monotonic() - self._looked_at < REFRESH_SECONDS and self._since:
            return self._index
        if self._reading.acquire(blocking=self._since is None):
            try:
                self._refresh()
            finally:
                self._reading.release()
        return self._index

    def forget(self) -> None:
        """The next one who asks reads all of it."""
        self._since = None

    def _refresh(self) -> None:
        now, moment = time.monotonic(), timezone.now()
        if self._since is None or now - self._whole_at >= WHOLE_SECONDS:
            self._index = Index(candidate for _pk, candidate in _read(_ALL) if candidate)
            self._whole_at = now
        elif now - self._looked_at >= REFRESH_SECONDS:
            for pk, candidate in _read(_CHANGED, self._since - OVERLAP):
                self._index.replace(pk, candidate)
        self._since, self._looked_at = moment, now


live = Live()
