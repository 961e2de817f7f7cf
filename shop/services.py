"""What the shop writes: how popular things are."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.markets import MARKETS
from shop.models import Progress, SearchDocument
from shop.ranking import HALF_LIFE

SAVE, LIKE, VIEW = 3, 2, 1  # what one event weighs
OVERLAP = dt.timedelta(minutes=5)  # events are stamped before they are committed
JOB = "shop.refresh_popularity"

_EVENTS = """
SELECT product_id, saved_at AS at, %(save)s AS weight FROM sellers_save WHERE saved_at > %(since)s
UNION ALL
SELECT p.id, l.liked_at, %(like)s FROM sellers_like l JOIN sellers_product p USING (post_id) WHERE l.liked_at > %(since)s
UNION ALL
SELECT product_id, seen_at, %(view)s FROM shop_recentview WHERE seen_at > %(since)s
"""
_CHANGED = f"SELECT DISTINCT product_id FROM ({_EVENTS}) events"  # noqa: S608 - our own text
_COUNTED = "SELECT id FROM sellers_product WHERE popularity <> 0"
_REFRESH = """
WITH changed AS ({changed}),
events AS (
    SELECT product_id, saved_at AS at, %(save)s AS weight FROM sellers_save JOIN changed USING (product_id)
    UNION ALL
    SELECT p.id, l.liked_at, %(like)s FROM changed JOIN sellers_product p ON p.id = changed.product_id
        JOIN sellers_like l USING (post_id)
    UNION ALL
    SELECT product_id, seen_at, %(view)s FROM shop_recentview JOIN changed USING (product_id)
),
exponents AS (
    SELECT product_id, weight, extract(epoch FROM at)::float8 / %(half_life)s AS e,
        max(extract(epoch FROM at)::float8 / %(half_life)s) OVER (PARTITION BY product_id) AS top
    FROM events
),
scores AS (
    SELECT product_id, round(1e6 * (top + ln(sum(weight * power(2::float8, greatest(e - top, -200)))) / ln(2::float8)))::bigint AS score
    FROM exponents GROUP BY product_id, top
),
held AS MATERIALIZED (  -- in the order of all who change many products, so that none waits for another in a circle
    SELECT id FROM sellers_product WHERE id IN (SELECT product_id FROM changed) ORDER BY id FOR NO KEY UPDATE
)
UPDATE sellers_product p SET popularity = coalesce(s.score, 0)
FROM held LEFT JOIN scores s ON s.product_id = held.id
WHERE p.id = held.id AND p.popularity IS DISTINCT FROM coalesce(s.score, 0)
"""
# Both ways at once, rows in the order of ids as everywhere.
_MARK_POPULAR = """
WITH best AS (
    SELECT p.id FROM unnest(%s::text[]) AS place (market), LATERAL (
        SELECT id FROM sellers_product WHERE is_listed AND market = place.market
        ORDER BY popularity DESC, id DESC LIMIT %s
    ) p
),
marked AS (SELECT product_id FROM shop_searchdocument WHERE is_popular AND version >= 0),
turned AS (
    SELECT coalesce(best.id, marked.product_id) AS id, best.id IS NOT NULL AS is_popular
    FROM best FULL JOIN marked ON marked.product_id = best.id
    WHERE best.id IS NULL OR marked.product_id IS NULL
),
held AS MATERIALIZED (
    SELECT turned.* FROM turned JOIN shop_searchdocument document ON document.product_id = turned.id
    ORDER BY turned.id FOR NO KEY UPDATE OF document
)
UPDATE shop_searchdocument SET is_popular = held.is_popular FROM held WHERE product_id = held.id
"""


@transaction.atomic
def refresh_popularity(*, everything: bool = False) -> int:
    """Recounts the popularity of products with saves, likes or looks since the last run; returns how many changed.

    popularity = round(1e6 * log2(sum of weight * 2^(t / half-life))), t in seconds since 1970. In a decayed count all
    events lose half their weight every three days, so the order of two products changes only by new events: counting
    forward from a fixed day instead of backward from now gives the same order, and what got no event needs no
    recount. The logarithm keeps it a small integer; 1,000,000 is one half-life. Without events it is 0.

    With ``everything`` all products that have or had events are recounted: that also notices hearts taken back and
    events entered with an older date. Runs do not overlap, and a run that is repeated changes nothing.

    Then the most popular are marked.
    """
    started = timezone.now()
    long_ago = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    progress, _made = Progress.objects.select_for_update().get_or_create(job=JOB, defaults={"until": long_ago})
    since = long_ago if everything else progress.until - OVERLAP
    changed = " UNION ".join([_CHANGED, _COUNTED] if everything else [_CHANGED])
    weights = {"save": SAVE, "like": LIKE, "view": VIEW}
    params: dict[str, Any] = weights | {"since": since, "half_life": HALF_LIFE.total_seconds()}
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH.format(changed=changed), params)
        count = cursor.rowcount
    mark_popular()
    progress.until = started
    progress.save(update_fields=["until"])
    return count


def mark_popular(most: int = SearchDocument.MOST_POPULAR) -> None:
    """Marks the documents of each market's ``most`` most popular things, for suggestions, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_POPULAR, [list(MARKETS), most])
