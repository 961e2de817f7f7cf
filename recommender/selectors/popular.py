"""Lists that fill everybody's: what is popular in a market and in its categories, and things of channels that were shown
too little. They are kept for some minutes; whoever shows them asks recommender.selectors.rules first."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from core.cache import shared as cache

SECONDS = 120
KEPT = 100
OF_CHANNEL = 8  # things of one channel, so that others are there where one has most
UNSEEN = 50  # channels
_LOOKED_AT = 400
_POPULAR = """
SELECT {name}, id, channel_id FROM sellers_product p
WHERE {where} p.market = %(market)s AND p.is_listed AND (p.stock IS NULL OR p.stock > 0)
ORDER BY p.popularity DESC, p.id DESC LIMIT %(most)s
"""
_LISTS = f"""
SELECT found.* FROM unnest(%(categories)s::bigint[]) AS wanted (category)
CROSS JOIN LATERAL ({_POPULAR.format(name="wanted.category::text", where="p.category_id = wanted.category AND")}) found
UNION ALL ({_POPULAR.format(name="'market'", where="%(with_market)s AND")})
UNION ALL SELECT 'unseen', found.* FROM (
    SELECT channel_id FROM recommender_exposure WHERE %(with_unseen)s AND market = %(market)s AND shown < %(wanted)s
        AND shown <= %(wanted)s::int / 10 + (SELECT min(shown) FROM recommender_exposure WHERE market = %(market)s)
    ORDER BY shown, channel_id DESC LIMIT %(unseen)s
) little CROSS JOIN LATERAL (
    SELECT p.id, p.channel_id FROM sellers_product p
    WHERE p.channel_id = little.channel_id AND p.market = %(market)s AND p.is_listed
        AND (p.stock IS NULL OR p.stock > 0)
    ORDER BY p.published_at DESC, p.id DESC LIMIT 1
) found
"""  # noqa: S608 - our own words


class Lists(NamedTuple):
    """Ids: of each category that was asked for and of the market, the most popular first; of each of the channels that
    were shown least and fewer times than they should, the newest."""

    of_categories: list[Sequence[int]]
    of_market: Sequence[int]
    unseen: Sequence[int]
    trend: dict[int, float]  # what was popular when the table was made, 1 being the most popular thing of all markets


def get_lists(market: str, categories: Sequence[int], run: int) -> Lists:
    """With the trend of a table, if there is one; two queries at most."""
    names = [*map(str, categories), "market", "unseen"]
    keys, trend_key = {_key(market, name): name for name in names}, f"trend:{run}:{market}"
    kept = cache.get_bytes([*keys, trend_key])
    trend = kept.pop(trend_key) if trend_key in kept else _keep_trend(trend_key, run, market)
    lists = {keys[key]: array("q", packed) for key, packed in kept.items()}
    if missing := [name for name in names if name not in lists]:
        read = _read(market, missing)
        cache.set_bytes({_key(market, name): ids.tobytes() for name, ids in read.items()}, SECONDS)
        lists |= read
    middle = len(trend) // 12 * 8
    values = dict(zip(array("q", trend[:middle]), array("f", trend[middle:]), strict=True))
    return Lists([lists[name] for name in names[:-2]], lists["market"], lists["unseen"], values)


def _keep_trend(key: str, run: int, market: str) -> bytes:
    found = None
    if run:
        with connection.cursor() as cursor:
            cursor.execute("SELECT trend -> %s FROM recommender_run WHERE id = %s", [market, run])
            found = cursor.fetchone()
    ids, values = json.loads(found[0]) if found and isinstance(found[0], str) else (found and found[0]) or ([], [])
    packed = array("q", ids).tobytes() + array("f", values).tobytes()
    cache.set_bytes({key: packed}, SECONDS)
    return packed


def forget_unseen(markets: Iterable[str]) -> None:
    cache.delete_many([_key(market, "unseen") for market in markets])


def _key(market: str, name: str) -> str:
    return f"fillers:{market}:{name}"


def _read(market: str, names: Sequence[str]) -> dict[str, "array[int]"]:
    params: dict[str, Any] = {
        "market": market,
        "categories": [int(name) for name in names if name.isdecimal()],
        "with_market": "market" in names,
        "with_unseen": "unseen" in names,
        "most": _LOOKED_AT,
        "wanted": settings.CHANNEL_IMPRESSIONS,
        "unseen": UNSEEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, params)
        rows = cursor.fetchall()
    return {name: _mixed((pk, channel) for each, pk, channel in rows if each == name) for name in names}


def _mixed(found: Iterable[tuple[int, int]]) -> "array[int]":
    channels: Counter[int] = Counter()
    ids = array("q")
    for pk, channel in found:
        channels[channel] += 1
        if channels[channel] <= OF_CHANNEL:
            ids.append(pk)
    return ids[:KEPT]
