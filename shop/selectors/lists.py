"""What the lists of the shop show, as light rows: the cards' HTML is kept elsewhere (shop.cards)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import planned
from core.models import Picture
from core.pages import BadCursor, Page, decode_cursor, encode_cursor
from sellers.models import Channel
from sellers.selectors import AWAY
from shop import facets
from shop.facets import Counts, Filters, Scope
from shop.guests import Visitor
from shop.models import Showcase
from shop.selectors.found import get_first_page, get_found_page
from shop.selectors.person import get_followed_among
from shop.selectors.rows import CardRow

PAGE = 20
PROMOS = 4
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Sort(models.TextChoices):
    RELEVANCE = "relevance", _("Best match")
    POPULAR = "popular", _("Popular")
    NEWEST = "newest", _("Newest")
    CHEAPEST = "price", _("Price: low to high")
    DEAREST = "-price", _("Price: high to low")


# How a sort reads: the column, the direction, and how its value becomes an integer of a cursor.
_ORDERS = {
    Sort.POPULAR: ("p.popularity", "DESC"),
    Sort.NEWEST: ("p.published_at", "DESC"),
    Sort.CHEAPEST: ("p.price_minor", "ASC"),
    Sort.DEAREST: ("p.price_minor", "DESC"),
}
_SLICE = """
SELECT p.id, p.version, p.cover_id, p.channel_id, {column} AS rank FROM {source}
ORDER BY {column} {direction}, p.id {direction} LIMIT %s
"""
_ROWS = f"""
SELECT p.id, p.version, coalesce(cardinality(cover.widths) > 0, FALSE), coalesce(cardinality(avatar.widths) > 0, FALSE),
    {AWAY.format("c")}, p.rank
FROM ({{inner}}) p
JOIN sellers_channel c ON c.id = p.channel_id
LEFT JOIN core_picture cover ON cover.id = p.cover_id
LEFT JOIN core_picture avatar ON avatar.id = c.avatar_id
ORDER BY p.rank {{direction}}, p.id {{direction}}
"""  # noqa: S608 - our own text


def _to_integer(value: Any) -> int:
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, dt.datetime) else int(value)


def _from_cursor(after: str, sort: Sort) -> list[Any]:
    """The values of a cursor, as the sort's column compares them; raises BadCursor."""
    rank, pk = decode_cursor(after, 2)
    if sort != Sort.NEWEST:
        return [rank, pk]
    try:
        return [_EPOCH + rank * _MICROSECOND, pk]
    except OverflowError:
        raise BadCursor(after) from None


def get_card_page(scope: Scope, filters: Filters, sort: Sort, after: str = "", limit: int = PAGE) -> Page[CardRow]:
    """One page of a list, in one query. Keyset: a row comparison on an index; an unknown cursor raises BadCursor."""
    if sort == Sort.RELEVANCE:
        return get_found_page(scope, filters, after, limit)
    (scoped, params), (filtered, filter_params) = scope.strict().where(), filters.where()
    params = [*params, *filter_params]
    (column, direction), source = _ORDERS[sort], f"sellers_product p WHERE {scoped} AND {filtered}"
    if after:
        source += f" AND ({column}, p.id) {'<' if direction == 'DESC' else '>'} (%s, %s)"
        params += _from_cursor(after, sort)
    inner = _SLICE.format(column=column, direction=direction, source=source)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(inner=inner, direction=direction), [*params, limit + 1])
        return _page(cursor.fetchall(), limit)


def get_page_and_counts(
    scope: Scope, filters: Filters, sort: Sort, after: str, names: Sequence[str], limit: int = PAGE
) -> tuple[Page[CardRow], Counts]:
    """One page of a list and the counts of these facets; raises BadCursor. Two queries, one where counts are kept and
    where a search begins."""
    counts = facets.kept_counts(scope, filters, names)
    if counts is None and sort == Sort.RELEVANCE and not after:
        page, counts = get_first_page(scope, filters, limit, names)
        facets.keep_counts(scope, filters, names, counts)
        return page, counts
    page = get_card_page(scope, filters, sort, after, limit)
    return page, counts or facets.count_facets(scope, filters, names)


def _page(found: Sequence[Any], limit: int) -> Page[CardRow]:
    rows = [
        CardRow(pk, version, cover, avatar, away, _to_integer(rank)) for pk, version, cover, avatar, away, rank in found
    ]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, encode_cursor(rows[-1].rank, rows[-1].id) if more else "")


def get_card_rows(ids: Iterable[int]) -> list[CardRow]:
    """Rows of these visible products in the order given; unknown and hidden ones are left out. One query."""
    wanted = list(ids)
    inner = """SELECT p.id, p.version, p.cover_id, p.channel_id, -array_position(%s::bigint[], p.id) AS rank
        FROM sellers_product p WHERE p.is_listed AND p.id = ANY(%s)"""
    found = planned.fetch(_ROWS.format(inner=inner, direction="DESC"), [wanted, wanted])
    return list(_page(found, max(len(wanted), 1)).rows)


def get_shelves(market: str, newest: int, trending: int) -> tuple[list[CardRow], list[CardRow]]:
    """The first things of the market's newest and trending lists, in one query. Trending has real events only."""
    part = """(SELECT p.id, p.version, p.cover_id, p.channel_id, %s::int AS rank, p.published_at, p.popularity
        FROM sellers_product p WHERE p.is_listed AND p.market = %s {} ORDER BY {} DESC, p.id DESC LIMIT %s)"""
    inner = f"{part.format('', 'p.published_at')} UNION ALL {part.format('AND p.popularity > 0', 'p.popularity')}"
    sql = _ROWS.format(inner=inner, direction="DESC").partition("ORDER BY p.rank")[0]
    sql += "ORDER BY p.rank, CASE p.rank WHEN 0 THEN p.published_at END DESC, p.popularity DESC, p.id DESC"
    found = planned.fetch(sql, [0, market, newest, 1, market, trending])
    rows = _page(found, newest + trending).rows
    return [row for row in rows if row.rank == 0], [row for row in rows if row.rank == 1]


# --- channels and promotions


PICTURE = ("id", "key", "width", "height", "widths", "is_private")
_THUMBS = """
SELECT c.id, category.icon, picture.id, picture.key, picture.width, picture.height, picture.widths, picture.is_private
FROM unnest(%s::bigint[]) WITH ORDINALITY AS c (id, place), LATERAL (
    SELECT id, cover_id, category_id, published_at FROM sellers_product
    WHERE channel_id = c.id AND is_listed ORDER BY published_at DESC, id DESC LIMIT 3
) p
JOIN sellers_category category ON category.id = p.category_id
LEFT JOIN core_picture picture ON picture.id = p.cover_id
ORDER BY c.place, p.published_at DESC, p.id DESC
"""
# Promotions whose days are now and whose subject the public may see.
_PROMOS = """
SELECT s.id, s.headline, s.subline, s.label, own.widths, p.version, cover.widths,
    c.name, c.hue, c.language, c.handle, channel_cover.widths, avatar.widths
FROM shop_showcase s
LEFT JOIN sellers_product p ON p.id = s.product_id
JOIN sellers_channel c ON c.id = coalesce(s.channel_id, p.channel_id)
LEFT JOIN core_picture own ON own.id = s.picture_id
LEFT JOIN core_picture cover ON cover.id = p.cover_id
LEFT JOIN core_picture channel_cover ON channel_cover.id = c.cover_id
LEFT JOIN core_picture avatar ON avatar.id = c.avatar_id
WHERE s.market = %(market)s AND s.starts_at <= %(now)s AND (s.ends_at IS NULL OR s.ends_at > %(now)s)
    AND CASE WHEN s.product_id IS NULL THEN c.state IN ('open', 'holiday') ELSE p.is_listed END
ORDER BY s.position, s.id LIMIT %(limit)s
"""


@dataclass(slots=True)
class ChannelCard:
    """A channel with the covers of its three newest things (None: not made yet) and their categories' icon."""

    channel: Channel
    thumbs: list[Any]
    icon: str
    follow_url: str
    is_followed: bool = False


def get_channel_cards(channels: Sequence[Channel], visitor: Visitor) -> list[ChannelCard]:
    """Cards of these channels (their avatars joined already): one query for thumbs, one for a person's follows."""
    thumbs: dict[int, list[tuple[Picture | None, str]]] = {}
    for channel_id, icon, *picture in (
        planned.fetch(_THUMBS, [[channel.pk for channel in channels]]) if channels else ()
    ):
        thumbs.setdefault(channel_id, []).append(
            (Picture.from_db(None, PICTURE, picture) if picture[0] else None, icon)
        )
    followed = get_followed_among(visitor, [channel.pk for channel in channels])
    return [
        ChannelCard(
            channel,
            [picture for picture, _icon in thumbs.get(channel.pk, ())],
            thumbs[channel.pk][0][1] if channel.pk in thumbs else "store",
            reverse("shop:follow", args=[channel.handle]),
            channel.pk in followed,
        )
        for channel in channels
    ]


def get_channel_page(market: str, after: str = "", limit: int = PAGE) -> Page[Channel]:
    """Visible channels with something to see, most followed first; raises BadCursor."""
    rows = Channel.objects.visible().in_market(market).filter(product_count__gt=0).select_related("avatar")
    if after:
        count, pk = decode_cursor(after, 2)
        rows = rows.filter(models.Q(follower_count__lt=count) | models.Q(follower_count=count, pk__gt=pk))
        rows = rows.filter(follower_count__lte=count)
    found = list(rows.order_by("-follower_count", "pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], encode_cursor(last.follower_count, last.pk) if last else "")


def get_promo_facts(market: str) -> list[tuple[Any, ...]]:
    """Today's promotions in staff's order, as their ids (first) and all that may change how they look."""
    return planned.fetch(_PROMOS, {"market": market, "now": timezone.now(), "limit": PROMOS})


def get_promos(ids: Iterable[int]) -> list[Showcase]:
    """These promotions with all they show."""
    rows = Showcase.objects.filter(pk__in=list(ids)).select_related(
        "picture", "channel__cover", "channel__avatar", "product__cover", "product__channel", "product__category"
    )
    return list(rows.order_by("pk"))
