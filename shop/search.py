"""The only door to search: index, look up, suggest.

Documents and queries pass the same folding (``normalize``, ``read_tokens``) and stems. A query becomes a plan
(shop.plans); its words are looked up in one index, and what is found is put in order by shop.ranking.
"""

from dataclasses import dataclass
from typing import Any

from core.pages import BadCursor, Page
from sellers.models import Channel
from shop.facets import Filters, Scope
from shop.mending import find_near_words
from shop.names import find_categories, find_channels
from shop.plans import MOST_LETTERS, Plan, has_unknown_word, plan_query
from shop.search_index import count_words, index_channels, index_missed, index_products
from shop.selectors.lists import CardRow, Sort, get_page_and_counts
from shop.suggestions import Suggestions, suggest
from shop.text import normalize

__all__ = [
    "MOST_LETTERS", "SearchResults", "Suggestions", "count_words", "find_categories", "find_channels", "find_near_words",
    "has_unknown_word", "index_channels", "index_missed", "index_products", "normalize", "plan_query", "scope_of",
    "search", "suggest",
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
        products, counts = get_page_and_counts(scope, filters, sort, after, (), limit)
    except BadCursor:
        products, counts = get_page_and_counts(scope, filters, sort, "", (), limit)
    channels, categories = find_channels(plan.shown, market), find_categories(plan.shown)
    return SearchResults(products, channels, categories, counts.total, plan.corrected, plan.is_loose)
