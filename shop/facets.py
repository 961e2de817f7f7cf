"""Filters of a list: read from the address, turned into SQL, counted.

Inside one facet the chosen values add up (teal or blue), between facets they narrow (teal and size M). Counts are
disjunctive: what is chosen in a facet does not narrow this facet's own counts, so a count says how many things one
would see after also choosing that value.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.markets import Market
from core.money import NotAnAmount, parse_amount, plain_amount
from sellers import selectors as sellers
from sellers.models import Product
from shop.ranking import Ranking

SECONDS = 30  # how old counts may be
SECONDS_FOUND = 4  # those of a search: a new thing is found within five seconds
MOST_VALUES = 20  # chosen in one facet
SHOWN_EXACTLY = 10_000
MOST_COUNTED = 50_000  # things of a search
FIXED = ("category", "condition", "city", "channel", "stock")
_KNOWN = {"condition": frozenset(Product.Condition.values), "stock": frozenset(("in", "order"))}

Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list is about before anything is filtered: a market, perhaps a category, perhaps words."""

    market: str
    category_id: int | None = None
    is_leaf: bool = False
    ranking: Ranking | None = None  # of a search (shop.plans): what it finds, and in which order
    is_empty: bool = False  # a search for nothing

    def strict(self) -> "Scope":
        """The same list as orders other than the best match show it: only what has all words, if anything has."""
        if self.ranking is None or not self.ranking.choices:
            return self
        return replace(self, ranking=replace(self.ranking, choices=self.ranking.choices[: self.ranking.strictest]))

    def where(self) -> Sql:
        """Conditions on ``sellers_product p``: visible things only, whatever else."""
        parts = ["p.is_listed AND p.market = %s"]
        params: list[Any] = [self.market]
        if self.category_id and self.is_leaf:
            parts.append("p.category_id = %s")
            params.append(self.category_id)
        elif self.category_id:
            parts.append("p.facet_terms @> %s::varchar[]")
            params.append([f"category:{self.category_id}"])
        if self.is_empty:
            parts.append("FALSE")
        elif self.ranking:
            documents, found = self.ranking.documents(self.market)
            parts.append(f"p.id IN (SELECT product_id FROM ({documents}) found)")  # noqa: S608 - only our own fragments
            params += found
        return " AND ".join(parts), params

    def source(self, terms: Sequence[str] = ()) -> Sql:
        """What is counted, to stand after FROM: products, or the documents that a search finds, both as ``p``; of these
        perhaps only what one of ``terms`` is true of."""
        if self.ranking:
            documents, params = self.ranking.documents(self.market, terms)
            return f"({documents}) p WHERE TRUE", params
        text, params = self.where()
        return f"sellers_product p WHERE {text}", params


@dataclass(frozen=True, slots=True)
class Filters:
    """What a shopper chose. Prices in minor units; ``chosen`` pairs a facet with its values, both sorted."""

    price_min: int | None = None
    price_max: int | None = None
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.chosen) or self.price_min is not None or self.price_max is not None

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.chosen).get(facet, ())

    def without(self, facet: str, value: str) -> "Filters":
        """The same filters with one value less."""
        left = {name: tuple(v for v in values if (name, v) != (facet, value)) for name, values in self.chosen}
        return replace(self, chosen=tuple((name, values) for name, values in left.items() if values))

    def terms(self) -> list[tuple[str, list[str]]]:
        """Each facet with its values as they stand in ``facet_terms``."""
        return [(facet, [f"{facet}:{value}" for value in values]) for facet, values in self.chosen]

    def price_where(self, table: str = "p") -> Sql:
        parts, params = ["TRUE"], []
        for bound, operator in ((self.price_min, ">="), (self.price_max, "<=")):
            if bound is not None:
                parts.append(f"{table}.price_minor {operator} %s")
                params.append(bound)
        return " AND ".join(parts), params

    def where(self, table: str = "p") -> Sql:
        """All filters as conditions on a table of products or documents."""
        text, params = self.price_where(table)
        for _facet, terms in self.terms():
            text += f" AND {table}.facet_terms && %s::varchar[]"
            params.append(terms)
        return text, params


@dataclass(frozen=True, slots=True)
class Parsed:
    filters: Filters
    notices: list[str]  # what could not be used, in words for the shopper


def shows_toman(market: Market) -> bool:
    """Whether this market's prices are written in toman for the reader of this page."""
    return market.currency == "IRR" and (get_language() or "").startswith("fa")


def _read_price(query: QueryDict, name: str, market: Market, notices: list[str]) -> int | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_amount(text, market.currency, toman=shows_toman(market))
    except NotAnAmount as error:
        notices.append(_("The price “{text}” was left out. {why}").format(text=text[:20], why=error))
        return None


def _read_values(query: QueryDict, facet: str, known: Iterable[str] | None) -> tuple[list[str], bool]:
    """The usable values of one facet, and whether some were not."""
    asked = dict.fromkeys(value for value in query.getlist(facet) if value)
    if known is None:
        good = [v for v in asked if len(v) <= 80 and "\x00" not in v and (facet != "channel" or _is_id(v))]
    else:
        good = [value for value in asked if value in known]
    return sorted(good)[:MOST_VALUES], len(good) < len(asked) or len(good) > MOST_VALUES


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 18


def parse_filters(
    query: QueryDict, market: Market, known: dict[str, frozenset[str]], category_ids: dict[str, int]
) -> Parsed:
    """Filters from an address.

    ``known`` maps the attribute facets of this list to their values, ``category_ids`` the slugs one may narrow by to
    their ids. What is not understood is left out and said so; parameters that are no filter are not looked at.
    """
    notices: list[str] = []
    low, high = (_read_price(query, name, market, notices) for name in ("price_min", "price_max"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    chosen, strange = [], False
    for facet in (*FIXED, *known):
        allowed = category_ids.keys() if facet == "category" else known.get(facet) or _KNOWN.get(facet)
        values, odd = _read_values(query, facet, allowed)
        strange |= odd
        if facet == "category":
            values = sorted(str(category_ids[slug]) for slug in values)
        elif facet == "channel":
            values = sorted({str(int(value)) for value in values})
        if values:
            chosen.append((facet, tuple(values)))
    if strange:
        notices.append(_("Some filters in this address are unknown and were left out."))
    return Parsed(Filters(low, high, tuple(sorted(chosen))), notices)


def price_text(minor: int | None, market: Market) -> str:
    """A price bound as its input field shows it."""
    return "" if minor is None else plain_amount(minor, market.currency, toman=shows_toman(market))


@dataclass(frozen=True, slots=True)
class Counts:
    total: int
    by_term: dict[str, int]
    channels: dict[str, str]  # id -> name, of the most frequent and the chosen
    cities: dict[str, str]  # slug -> name
    is_partial: bool = False  # there are more things than were counted

    def of(self, facet: str, value: str) -> int:
        return self.by_term.get(f"{facet}:{value}", 0)

    def values(self, facet: str) -> list[tuple[str, int]]:
        """All values of a facet, most frequent first."""
        start = f"{facet}:"
        found = [(term[len(start) :], n) for term, n in self.by_term.items() if term.startswith(start)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _key(scope: Scope, filters: Filters, facets: Sequence[str]) -> str:
    return f"facets:{hashlib.sha256(repr((scope, filters, tuple(facets))).encode()).hexdigest()}"


def kept_counts(scope: Scope, filters: Filters, facets: Sequence[str]) -> Counts | None:
    """Counts at most SECONDS old, SECONDS_FOUND for a search."""
    kept: Counts | None = cache.get(_key(scope, filters, facets))
    return kept


def keep_counts(scope: Scope, filters: Filters, facets: Sequence[str], counts: Counts) -> None:
    seconds = SECONDS_FOUND if scope.ranking or scope.is_empty else SECONDS
    cache.set(_key(scope, filters, facets), counts, seconds)


def count_facets(scope: Scope, filters: Filters, facets: Sequence[str]) -> Counts:
    """Counts of all values of ``facets`` and the total; one query when they are not kept."""
    counts = kept_counts(scope, filters, facets)
    if counts is None:
        counts = _count(scope, filters, facets)
        keep_counts(scope, filters, facets, counts)
    return counts


_INSIDE = """
SELECT facet_terms, CASE {missed} ELSE '' END AS missed {more} FROM (
    SELECT p.* {misses} FROM {source} AND {priced} OFFSET 0
) p WHERE {few} <= 1 LIMIT {most}
"""
# To stand after "inside AS MATERIALIZED": the counts, and the names of channels that are shown.
COUNTED = """
counted AS (
    SELECT term, count(*) AS n FROM (SELECT unnest(facet_terms) AS term, missed FROM inside OFFSET 0) each
    WHERE (missed = '' OR starts_with(term, missed)) IS TRUE GROUP BY term
), channels AS (
    (SELECT substr(term, 9)::bigint AS id FROM counted WHERE term LIKE 'channel:%%' ORDER BY n DESC, term LIMIT 20)
    UNION SELECT unnest(%s::bigint[])
)
"""
COUNTS = """
SELECT term, n, NULL AS name FROM counted WHERE split_part(term, ':', 1) = ANY(%s)
UNION ALL SELECT '', count(*) FILTER (WHERE missed = ''), count(*)::text FROM inside
UNION ALL SELECT c.id::text, 0, c.name FROM channels JOIN sellers_channel c USING (id)
"""
_COUNT = "WITH inside AS MATERIALIZED ({inside}), " + COUNTED + COUNTS


def inside(scope: Scope, filters: Filters, score: Sql = ("", [])) -> Sql:
    """Every thing in scope that misses at most one chosen facet, and which: it counts for all values if it misses none,
    else for the missed facet's own. The price has no values to count, so it simply narrows. Of a search's things that
    miss none also the rank, when a ``score`` is given."""
    chosen = filters.terms()
    either = [term for _facet, terms in chosen for term in terms] if len(chosen) > 1 else ()  # else one may miss all
    (source, scope_params), (priced, price_params) = scope.source(either), filters.price_where()
    misses = [f"miss_{n}" for n in range(len(chosen))]
    fits = f"NOT ({' OR '.join(misses)})" if misses else "TRUE"
    sql = _INSIDE.format(
        misses="".join(f", NOT p.facet_terms && %s::varchar[] AS {miss}" for miss in misses),
        missed=" ".join(f"WHEN {miss} THEN %s" for miss in misses) or "WHEN FALSE THEN ''",
        few=" + ".join(f"{miss}::int" for miss in misses) or "0",
        source=source,
        priced=priced,
        more=f", product_id AS id, CASE WHEN {fits} THEN {score[0]} END AS rank" if score[0] else "",
        most=MOST_COUNTED if scope.ranking else "ALL",
    )
    params = [*(f"{facet}:" for facet, _terms in chosen), *score[1], *(terms for _facet, terms in chosen)]
    return sql, [*params, *scope_params, *price_params]


def read_counts(rows: Sequence[tuple[str, int, str | None]], scope: Scope, facets: Sequence[str]) -> Counts:
    """Counts from the rows of ``COUNTS``."""
    counts = {term: n for term, n, name in rows if name is None}
    names = {term: name for term, _n, name in rows if name is not None}
    total = next(n for term, n, _name in rows if not term)
    cities = sellers.get_city_names(scope.market) if "city" in facets else {}
    is_partial = int(names.pop("")) == MOST_COUNTED and scope.ranking is not None
    return Counts(total, counts, names, cities, is_partial)


def _count(scope: Scope, filters: Filters, facets: Sequence[str]) -> Counts:
    sql, params = inside(scope, filters)
    with connection.cursor() as cursor:
        channels = [int(value) for value in filters.values("channel")]
        cursor.execute(_COUNT.format(inside=sql), [*params, channels, list(facets)])
        return read_counts(cursor.fetchall(), scope, facets)
