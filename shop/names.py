"""Channels and categories by the beginnings of their names."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from sellers import selectors as sellers
from sellers.models import Channel
from shop.text import normalize


def _starts(words: Iterable[str], path: str) -> Q:
    """Every word begins one of the words kept at ``path`` (each has a space before it)."""
    condition = Q()
    for word in words:
        condition &= Q(**{f"{path}__contains": f" {word}"})
    return condition


def find_channels(words: Sequence[str], market: str, limit: int = 6) -> list[Channel]:
    """Visible channels whose name, handle, line or city has words that begin so, most followed first. One query."""
    if not words:
        return []
    found = Channel.objects.visible().in_market(market).filter(_starts(words, "search_document__words"))
    return list(found.select_related("avatar").order_by("-follower_count", "pk")[:limit])


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
