"""The only door to search: index, look up, suggest.

Documents and queries pass the same folding (``normalize``) and the text search configuration ``bisat``. A query's
words that the market's catalogue does not know are replaced by its nearest known word one slip away; then all words
must be found, and where nothing has all of them, any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils.translation import get_language

from core.pages import BadCursor, Page
from sellers import selectors as sellers
from sellers.models import Channel, Product
from shop import facets
from shop.facets import Filters, Scope
from shop.search_index import index_channels, index_missed, index_products
from shop.selectors.lists import CardRow, Sort, get_card_page
from shop.text import is_one_slip, near_misses, normalize

__all__ = [
    "SearchResults", "Suggestions", "index_channels", "index_missed", "index_products", "normalize", "plan_query", "search", "suggest",
]  # fmt: skip

MOST_WORDS = 12
MOST_LETTERS = 100
PLAN_SECONDS = 60
NO_FILTERS = Filters()
NOTHING = "'∅'"  # a tsquery no document matches
SORTS = (Sort.RELEVANCE, Sort.POPULAR, Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is looked up: ``tsquery`` ("" finds nothing), and how it reads after correction."""

    words: tuple[str, ...]
    tsquery: str = ""
    corrected: str = ""  # "" when every word stayed as it was
    is_loose: bool = False  # no product has all words: any of them counts

    @property
    def shown(self) -> tuple[str, ...]:
        """The words looked for, folded and corrected."""
        return tuple(self.corrected.split()) or self.words


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


_LOOK = """
SELECT w, lexeme, EXISTS (
    SELECT 1 FROM shop_searchdocument d JOIN sellers_product p ON p.id = d.product_id
    WHERE d.vector @@ lexeme::tsquery AND p.is_listed AND p.market = %s)
FROM (SELECT w, plainto_tsquery('bisat', w)::text AS lexeme FROM unnest(%s::text[]) AS w) words
"""
_EXISTS = """
SELECT EXISTS (SELECT 1 FROM shop_searchdocument d JOIN sellers_product p ON p.id = d.product_id
    WHERE d.vector @@ %s::tsquery AND p.is_listed AND p.market = %s)
"""
_NEAR = """
SELECT word, n FROM (SELECT word FROM shop_searchword WHERE near && %s::varchar[] LIMIT 200) words, LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM shop_searchdocument d JOIN sellers_product p ON p.id = d.product_id
        WHERE d.vector @@ plainto_tsquery('bisat', word) AND p.is_listed AND p.market = %s LIMIT 50) hits) counted
WHERE n > 0
"""


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _correct(word: str, market: str) -> str:
    """The market's word nearest to one it does not know, or the word itself. Numbers and models stay as they are."""
    if len(word) < 3 or not word.isalpha():
        return word
    near = [(n, each) for each, n in _rows(_NEAR, [near_misses(word), market]) if is_one_slip(word, each)]
    # First letters are seldom wrong, and a common word is likelier meant than a rare one.
    return max(near, key=lambda pair: (pair[1][0] == word[0], pair[0], pair[1]))[1] if near else word


def _lexemes(words: Sequence[str], market: str) -> list[tuple[str, bool]]:
    """Each word's query text and whether the market's catalogue knows it, in order."""
    found = {word: (lexeme, known) for word, lexeme, known in _rows(_LOOK, [market, list(words)])}
    return [found[word] for word in words]


def _plan(words: tuple[str, ...], market: str) -> Plan:
    known = _lexemes(words, market)
    corrected = words
    if not all(is_known for _lexeme, is_known in known):
        pairs = zip(words, known, strict=True)
        corrected = tuple(word if is_known else _correct(word, market) for word, (_lexeme, is_known) in pairs)
        if corrected != words:
            known = _lexemes(corrected, market)
    lexemes = [lexeme for lexeme, _known in known if lexeme]
    tsquery = " & ".join(lexemes)
    is_loose = len(lexemes) > 1 and not _rows(_EXISTS, [tsquery, market])[0][0]
    if is_loose:
        tsquery = " | ".join(lexeme for lexeme, is_known in known if lexeme and is_known) or tsquery
    return Plan(words, tsquery, " ".join(corrected) if corrected != words else "", is_loose)


def plan_query(text: str, market: str) -> Plan:
    """How to look ``text`` up in a market; kept for a minute, else one to four queries."""
    words = tuple(dict.fromkeys(normalize(text[:MOST_LETTERS]).split()))[:MOST_WORDS]
    if not words:
        return Plan(())
    key = f"search:{market}:{' '.join(words).encode().hex()}"
    kept: Plan | None = cache.get(key)
    if kept is None:
        kept = _plan(words, market)
        cache.set(key, kept, PLAN_SECONDS)
    return kept


def scope_of(plan: Plan, market: str) -> Scope:
    """The list of what a plan finds."""
    return Scope(market, query=plan.tsquery or NOTHING)


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

    Any text is a query; one without words finds nothing. An unknown cursor gives the first page.
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
