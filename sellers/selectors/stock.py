"""What runs low: published things and variants with no more left than their threshold; theirs, else the channel's."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.markets import MARKETS
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Product, Variant

PAGE = 50
TELL_FROM = 8  # o'clock on the market's clocks

# Each product without variants, and each variant: `remaining` None is made to order, and never low.
_UNITS = """
SELECT product.id AS product_id, variant.id AS variant_id, product.title, product.channel_id, variant.position,
    CASE WHEN variant.id IS NULL THEN product.stock ELSE variant.stock END AS remaining,
    coalesce(variant.low_stock, product.low_stock, channel.low_stock) AS threshold,
    CASE WHEN variant.id IS NULL THEN product.low_stock ELSE variant.low_stock END AS own
FROM sellers_product product
JOIN sellers_channel channel ON channel.id = product.channel_id
JOIN sellers_post post ON post.id = product.post_id AND post.state = 'published'
LEFT JOIN sellers_variant variant ON variant.product_id = product.id
"""
_LOW = f"""
SELECT product_id, variant_id, remaining, threshold, own FROM ({_UNITS}) units
WHERE channel_id = %(channel)s AND remaining <= threshold
ORDER BY {{order}} OFFSET %(start)s LIMIT %(limit)s
"""  # noqa: S608 - our own text
_CHANNELS = f"""
SELECT channel.market, channel_id, count(*), (array_agg(units.title ORDER BY remaining, product_id))[1] FROM ({_UNITS}) units
JOIN sellers_channel channel ON channel.id = units.channel_id
WHERE channel.state IN ('open', 'holiday') AND channel.market = ANY(%(markets)s) AND remaining <= threshold
GROUP BY channel.market, channel_id ORDER BY channel_id
"""  # noqa: S608 - our own text


class Sort(models.TextChoices):
    LEFT = "left", _("Fewest first")
    MISSING = "missing", _("Furthest below")
    TITLE = "title", _("By name")


_ORDERS = {
    Sort.LEFT: "remaining, title, product_id, position",
    Sort.MISSING: "remaining - threshold, title, product_id, position",
    Sort.TITLE: "lower(title), product_id, position",
}


@dataclass(frozen=True, slots=True)
class LowRow:
    """``own`` is the threshold it has of its own, None where it follows the product or the channel."""

    product: Product
    variant: Variant | None
    remaining: int
    threshold: int
    own: int | None


@dataclass(frozen=True, slots=True)
class LowChannel:
    """How many things of a channel run low, and the one with the fewest left; ``day`` on its market's calendar."""

    channel_id: int
    count: int
    first: str
    day: dt.date


def get_low_stock(channel: Channel, sort: Sort = Sort.LEFT, after: str = "", limit: int = PAGE) -> Page[LowRow]:
    """One page; raises core.pages.BadCursor. Three queries, one where nothing runs low."""
    start = decode_cursor(after, 1)[0] if after else 0
    params: dict[str, Any] = {"channel": channel.pk, "start": max(start, 0), "limit": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(_LOW.format(order=_ORDERS[sort]), params)
        found = cursor.fetchall()
    shown = found[:limit]
    products = Product.objects.select_related("cover", "category").in_bulk([row[0] for row in shown])
    variants = Variant.objects.in_bulk([row[1] for row in shown if row[1]]) if shown else {}
    rows = [LowRow(products[product], variants.get(variant), *rest) for product, variant, *rest in shown]
    return Page(rows, encode_cursor(start + limit) if len(found) > limit else "")


def get_low_channels(now: dt.datetime | None = None) -> list[LowChannel]:
    """The open channels where something runs low, of markets where it is TELL_FROM o'clock or later; one query."""
    now = now or timezone.now()
    clocks = {code: now.astimezone(ZoneInfo(market.time_zone)) for code, market in MARKETS.items()}
    markets = [code for code, local in clocks.items() if local.hour >= TELL_FROM]
    with connection.cursor() as cursor:
        cursor.execute(_CHANNELS, {"markets": markets})
        found = cursor.fetchall()
    return [LowChannel(channel, count, first, clocks[market].date()) for market, channel, count, first in found]
