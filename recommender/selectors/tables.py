"""The live table's rows: packed in the cache, else from PostgreSQL, which has the truth."""

import json
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from core.cache import shared as cache

LIVE = "recommender:live"  # cache key: (run, settings) of the live table
SECONDS = 24 * 60 * 60
_LIVE = "SELECT id, settings FROM recommender_run WHERE state = 'live'"
_ROWS = """
SELECT n.product_id, n.ids, n.weights, p.category_id FROM recommender_neighbors n
LEFT JOIN sellers_product p ON p.id = n.product_id WHERE n.run_id = %s AND n.product_id = ANY(%s)
"""
_ENTRY = 12  # bytes: an id and its weight
_CATEGORY = 8


class Row(NamedTuple):
    """``category`` is what the product's was when the row was read, 0 where nobody knows."""

    ids: Sequence[int]
    weights: Sequence[float]
    category: int = 0


class Live(NamedTuple):
    """``run`` is 0 while no table was made; ``settings`` are recommender.training.settings.Settings as a dict."""

    run: int
    settings: dict[str, Any]

    @property
    def half_life(self) -> float:
        """Days in which what she did loses half of what it says; 0: it loses nothing."""
        return float(self.settings.get("history_half_life", 0))


NONE = Live(0, {})


def get_live(kept: tuple[int, dict[str, Any]] | None = None) -> Live:
    """The table that is read; no query while the cache remembers it. ``kept`` is what it said already."""
    known = kept or cache.get(LIVE)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_LIVE)
            found = cursor.fetchone()
        known = (found[0], json.loads(found[1]) if isinstance(found[1], str) else found[1]) if found else tuple(NONE)
        cache.set(LIVE, known, 60 if known[0] else 5)
    return Live(*known)


def get_rows(run: int, product_ids: Sequence[int]) -> dict[int, Row]:
    """Rows of these products, of those that have one; at most one query."""
    keys = {_key(run, pk): pk for pk in product_ids}
    found = {keys[key]: _unpack(row) for key, row in cache.get_bytes(list(keys)).items()}
    missing = [pk for pk in product_ids if pk not in found]
    if run and missing:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [run, missing])
            read = {pk: Row(ids, weights, category or 0) for pk, ids, weights, category in cursor.fetchall()}
        cache.set_bytes({_key(run, pk): _pack(read.get(pk, Row([], []))) for pk in missing}, SECONDS)
        found |= read
    return found


def _pack(row: Row) -> bytes:
    """The category, all ids, all weights: read into arrays without an object for each number."""
    return array("q", [row.category, *row.ids]).tobytes() + array("f", row.weights).tobytes()


def _unpack(packed: bytes) -> Row:
    middle = _CATEGORY + (len(packed) - _CATEGORY) // _ENTRY * 8
    ids, weights = array("q", packed[:middle]), array("f", packed[middle:])
    return Row(ids[1:], weights, ids[0])


def forget_rows(run: int, product_ids: Sequence[int]) -> None:
    cache.delete_many([_key(run, pk) for pk in product_ids])


def _key(run: int, pk: int) -> str:
    return f"row:{run}:{pk}"
