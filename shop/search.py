"""The only door to search: index, look up, suggest.

Documents and queries pass the same folding (``normalize``, ``read_tokens``) and stems. A query becomes a plan
(shop.plans); its words are looked up in one index, and what is found is put in order by shop.ranking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from core.pages import BadCursor, Page
from sellers import selectors as sellers
from sellers.models import Channel, Product
from shop import facets
from shop.facets import Filters, Scope
from shop.mending import find_near_words
from shop.plans import MOST_LETTERS, MOST_WORDS, Plan, has_unknown_word, plan_query
from shop.search_index import count_words, index_channels, index_missed, index_products
from shop.selectors.lists import CardRow, Sort, get_card_page
from shop.text import normalize

__all__ = [
    "MOST_LETTERS", "SearchResults", "Suggestions", "count_words", "find_near_words", "has_unknown_word", "index_channels", "index_missed",
    "index_products", "normalize", "plan_query", "scope_of", "search", "suggest",
]  # fmt: skip

NO_FILTERS = Filters()
SORTS = (Sort.RELEVANCE, Sort.POPULAR, Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)


@dataclass(frozen=True, slots=True)
class SearchResults:
    products: Page[CardRow]
    channels: list[Channel]
    categories: list[Any]
    total: int
    corrected: str
    is_loose: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    categories: list[Any] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.categories or self.channels or self.products)


def scope_of(plan: Plan, market: str) -> Scope:
    """The list of what a plan finds."""
    return Scope(market, ranking=plan.ranking, is_empty=plan.ranking is None)


def search(
    query: str,
    market: str,
    *,
    filters: Filters = NO_FILTERS,
    sort: Sort = Sort.RELEVANCE,
    after: str = "",
    limit: int = 24,
) -> SearchResults:
    """Products, channels and categories for a query, visible ones of one market only.

    Any text is a query; one without words finds nothing. An unknown cursor gives the first page. In
    quotation marks no word is mended.
    """
    plan = plan_query(query, market)
    scope = scope_of(plan, market)
    try:
        products = get_card_page(scope, filters, sort, after, limit)
    except BadCursor:
        products = get_card_page(scope, filters, sort, "", limit)
    total = facets.count_facets(scope, filters, ()).total
    channels, categories = find_channels(plan.shown, market), find_categories(plan.shown)
    return SearchResults(products, channels, categories, total, plan.corrected, plan.is_loose)


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


def suggest(prefix: str, market: str, *, limit: int = 5) -> Suggestions:
    """What begins like the words typed so far: categories, channels, popular products. Two queries at most."""
    words = normalize(prefix[:MOST_LETTERS]).split()[:MOST_WORDS]
    if sum(map(len, words)) < 2:
        return Suggestions()
    products = (
        Product.objects.listed()
        .in_market(market)
        .filter(_starts(words, "search_document__words"))
        .select_related("cover", "channel", "category")
        .order_by("-popularity", "-pk")[:limit]
    )
    return Suggestions(find_categories(words, 3), find_channels(words, market, 3), list(products))
