"""Lists that fill everybody's: what is popular in a market and in its categories, and things of channels that were shown
too little. They are kept for two minutes; whoever shows them asks recommender.selectors.rules first."""

import json
import time
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from core.cache import shared as cache
from core.kept import Memory

SECONDS = 120
NEAR = 20  # seconds in a process's own memory
KEPT = 100
OF_CHANNEL = 8  # things of one channel, so that others are there where one has most
UNSEEN = 50  # channels
_LOOKED_AT = 400
memory = Memory(1000)
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
    names = [*map(str, categories), "market", "unseen", f"trend-{run}"]
    now = time.monotonic()
    near = memory.get_many([_key(market, name) for name in names])
    found = {name: near[key][1] for name in names if (key := _key(market, name)) in near and near[key][0] > now}
    if missing := [name for name in names if name not in found]:
        read = _from_cache(market, missing, run)
        memory.set_many({_key(market, name): (now + NEAR, value) for name, value in read.items()})
        found |= read
    *of_categories, of_market, unseen, trend = (found[name] for name in names)
    return Lists(of_categories, of_market, unseen, trend)


def _from_cache(market: str, names: Sequence[str], run: int) -> dict[str, Any]:
    packed = cache.get_bytes([_key(market, name) for name in names])
    missing = [name for name in names if _key(market, name) not in packed]
    made = {_key(market, name): value for name, value in _read(market, missing, run).items()} if missing else {}
    cache.set_bytes(made, SECONDS)
    packed |= made
    return {name: _unpack(name, packed[_key(market, name)]) for name in names}


def _unpack(name: str, packed: bytes) -> "array[int] | dict[int, float]":
    if not name.startswith("trend"):
        return array("q", packed)
    middle = len(packed) // 12 * 8
    return dict(zip(array("q", packed[:middle]), array("f", packed[middle:]), strict=True))


def _read(market: str, names: Sequence[str], run: int) -> dict[str, bytes]:
    trends = {name: _read_trend(market, run) for name in names if name.startswith("trend")}
    lists = [name for name in names if name not in trends]
    return trends | ({name: ids.tobytes() for name, ids in _read_lists(market, lists).items()} if lists else {})


def _read_trend(market: str, run: int) -> bytes:
    found = None
    if run:
        with connection.cursor() as cursor:
            cursor.execute("SELECT trend -> %s FROM recommender_run WHERE id = %s", [market, run])
            found = cursor.fetchone()
    ids, values = json.loads(found[0]) if found and isinstance(found[0], str) else (found and found[0]) or ([], [])
    return array("q", ids).tobytes() + array("f", values).tobytes()


def forget_unseen(markets: Iterable[str]) -> None:
    keys = [_key(market, "unseen") for market in markets]
    cache.delete_many(keys)
    memory.set_many(dict.fromkeys(keys, (0, None)))


def _key(market: str, name: str) -> str:
    return f"fillers:{market}:{name}"


def _read_lists(market: str, names: Sequence[str]) -> dict[str, "array[int]"]:
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
