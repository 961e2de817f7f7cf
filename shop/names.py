"""Channels and categories by the beginnings of their names."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from core import planned
from sellers import selectors as sellers
from sellers.models import Channel
from shop.text import normalize

# The words first (each has a space before it), by their index: many channels are there, few are called so.
_CHANNELS = f"""
SELECT {sellers.CHANNEL_COLUMNS} FROM {sellers.CHANNEL_SOURCE}
JOIN (SELECT channel_id FROM shop_channeldocument WHERE {{words}} OFFSET 0) called ON called.channel_id = channel.id
WHERE channel.market = %s AND channel.state = ANY(%s)
ORDER BY channel.follower_count DESC, channel.id LIMIT %s
"""  # noqa: S608 - names of columns only


def find_channels(words: Sequence[str], market: str, limit: int = 6) -> list[Channel]:
    """Visible channels whose name, handle, line or city has words that begin so, most followed first. One query."""
    if not words:
        return []
    sql = _CHANNELS.format(words=" AND ".join(["words LIKE %s"] * len(words)))
    patterns = [f"% {connection.ops.prep_for_like_query(word)}%" for word in words]
    states = [str(state) for state in Channel.VISIBLE]
    return [sellers.read_channel(row)[0] for row in planned.fetch(sql, [*patterns, market, states, limit])]


def find_categories(words: Sequence[str], limit: int = 6) -> list[Any]:
    """Categories whose name, in English or the reader's language, has words that begin so. No query."""
    if not words:
        return []
    names = _category_names(sellers.get_category_tree(), get_language())
    found = [node for node, called in names if any(all(f" {word}" in name for word in words) for name in called)]
    return sorted(found, key=lambda node: len(node.path))[:limit]


@lru_cache(maxsize=8)
def _category_names(tree: Any, language: str | None) -> list[tuple[Any, set[str]]]:
    """Each category with its folded names, a space before every word; folding all of them costs more than a search."""
    nodes = [node for root in tree.roots for node in tree.walk(root)]
    return [(node, {f" {normalize(str(node))}", f" {normalize(node.name)}"}) for node in nodes]
