"""The filters of a list as its page shows them: groups of values with counts, chips, addresses."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from core import money
from core.markets import Market
from core.templatetags.bisat import number
from sellers import selectors as sellers
from sellers.models import Product
from shop import facets
from shop.facets import Counts, Filters, Parsed

SHOWN = 4  # values of a facet before "more"
MOST_OPTIONS = 16  # after it
MOST_ATTRIBUTES = 3  # groups where no category says which attributes matter


def count_text(count: int, *, is_partial: bool = False) -> str:
    """A number of things as pages say it: exact up to ten thousand, then "10,000+"; of a partial count "820+"."""
    exact = number(min(count, facets.SHOWN_EXACTLY))
    return f"{exact}+" if is_partial or count > facets.SHOWN_EXACTLY else exact


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    is_chosen: bool
    is_partial: bool = False

    @property
    def count_text(self) -> str:
        return count_text(self.count, is_partial=self.is_partial)


@dataclass(frozen=True, slots=True)
class Group:
    """One facet as the form shows it: its first values and those chosen, or all of them once it is open."""

    name: str
    label: str
    options: list[Option]
    is_open: bool  # by the reader
    more_url: str  # the same list with this facet open; empty when nothing is folded away

    @property
    def is_named(self) -> bool:
        """Whether the values are people's own words, in whatever direction they read."""
        return self.name in ("city", "channel")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force; ``url`` is the same list without it."""

    label: str
    url: str


class Vocabulary:
    """Which facets a list has, their values and words. ``node`` is the list's category, or None for the market."""

    def __init__(self, market: Market, node: Any = None) -> None:
        self.market, self.node = market, node
        self.tree = sellers.get_category_tree()

    @property
    def children(self) -> list[Any]:
        """The categories one may narrow by."""
        return list(self.tree.roots if self.node is None else self.node.children)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """The facet attributes by slug: the category's, or everybody's."""
        asked = self.tree.attributes.values() if self.node is None else self.tree.attributes_of(self.node)
        return {attribute.slug: attribute for attribute in asked if attribute.is_facet}

    @property
    def facets(self) -> list[str]:
        return [*facets.FIXED, *self.attributes]

    def parse(self, query: QueryDict) -> Parsed:
        known = {slug: frozenset(value for value, _l in a.choices) for slug, a in self.attributes.items()}
        return facets.parse_filters(query, self.market, known, {child.slug: child.id for child in self.children})

    def label(self, facet: str) -> str:
        fixed = {
            "category": _("Category"), "condition": _("Condition"), "city": _("City"),
            "channel": _("Channel"), "stock": _("Availability"),
        }  # fmt: skip
        return fixed.get(facet) or str(self.attributes[facet])

    def value_labels(self, facet: str, counts: Counts) -> dict[str, str]:
        """The words for a facet's values; their order is the one to show, but for cities and channels."""
        if facet in self.attributes:
            return dict(self.attributes[facet].translated_choices())
        words: dict[str, Callable[[], dict[str, str]]] = {
            "category": lambda: {str(child.id): str(child) for child in self.children},
            "condition": lambda: {value: str(label) for value, label in Product.Condition.choices},
            "stock": lambda: {"in": _("In stock"), "order": _("Made to order")},
            "channel": lambda: counts.channels,
            "city": lambda: counts.cities,
        }
        return words[facet]()

    def in_address(self, facet: str, value: str) -> str:
        return str(self.tree.by_id[int(value)].slug) if facet == "category" else value

    def address(self, filters: Filters, base: dict[str, str]) -> str:
        """A query string: the same filters always give the same one. ``base``: what else the address says."""
        pairs = [(name, value) for name, value in base.items() if value]
        pairs += [(facet, self.in_address(facet, v)) for facet, values in filters.chosen for v in values]
        for name, minor in (("price_min", filters.price_min), ("price_max", filters.price_max)):
            if minor is not None:
                pairs.append((name, facets.price_text(minor, self.market)))
        return f"?{urlencode(pairs)}" if pairs else ""


def _group(
    words: Vocabulary, facet: str, counts: Counts, filters: Filters, opened: Collection[str], url: str
) -> Group | None:
    chosen, labels = filters.values(facet), words.value_labels(facet, counts)
    frequent_first = facet in ("city", "channel")
    order = [value for value, _n in counts.values(facet) if value in labels] if frequent_first else list(labels)
    options = [
        Option(words.in_address(facet, v), labels.get(v, v), counts.of(facet, v), v in chosen, counts.is_partial)
        for v in dict.fromkeys((*order, *chosen))
        if counts.of(facet, v) or v in chosen
    ]
    if len(options) < 2 and not chosen:
        return None
    most = MOST_OPTIONS if facet in opened else SHOWN
    shown = [option for i, option in enumerate(options) if i < most or option.is_chosen]
    is_folded = facet not in opened and len(shown) < len(options)
    more_url = f"{url}{'&' if url else '?'}more={facet}" if is_folded else ""
    return Group(facet, words.label(facet), shown, facet in opened, more_url)


def make_groups(
    words: Vocabulary, counts: Counts, filters: Filters, opened: Collection[str] = (), url: str = ""
) -> list[Group]:
    """The facets that offer a choice; where there is no category, the attributes most things have. ``opened``: those
    that show all their values; ``url``: the list's query string."""
    names = list(words.attributes)
    if words.node is None:
        weight = {name: sum(n for _v, n in counts.values(name)) for name in names}
        names = sorted(names, key=lambda name: (not filters.values(name), -weight[name]))[:MOST_ATTRIBUTES]
    # A category's page has its subcategories as links above the list; they need no second place.
    category = ["category"] if words.node is None or filters.values("category") else []
    order = (*category, *names, "condition", "stock", "city", "channel")
    return [group for name in order if (group := _group(words, name, counts, filters, opened, url))]


def _price_label(filters: Filters, currency: str) -> str:
    low, high = (
        "" if bound is None else money.format_money(bound, currency) for bound in (filters.price_min, filters.price_max)
    )
    if low and high:
        return _("{low} to {high}").format(low=low, high=high)
    return _("From {price}").format(price=low) if low else _("Up to {price}").format(price=high)


def make_chips(words: Vocabulary, counts: Counts, filters: Filters, base: dict[str, str]) -> list[Chip]:
    """What is in force, each with the address of the list without it."""
    chips = [
        Chip(
            words.value_labels(facet, counts).get(value, value),
            words.address(filters.without(facet, value), base) or "?",
        )
        for facet, values in filters.chosen
        for value in values
    ]
    if filters.price_min is not None or filters.price_max is not None:
        rest = replace(filters, price_min=None, price_max=None)
        chips.append(Chip(_price_label(filters, words.market.currency), words.address(rest, base) or "?"))
    return chips


@dataclass(frozen=True, slots=True)
class Shortcut:
    label: str
    icon: str
    url: str


# What is "not much money" in a market, in minor units.
_LITTLE = {"us": 2500, "eu": 2500, "ir": 5_000_000, "tw": 800}


def make_stories(counts: Counts) -> list[Any]:
    """The root categories that have something to show; all of them while nothing is for sale."""
    roots = sellers.get_category_tree().roots
    return [root for root in roots if counts.of("category", str(root.id))] or list(roots)


def make_shortcuts(market: Market, counts: Counts) -> list[Shortcut]:
    """Ready-made filters of the market, each with something behind it (under a price: as far as one can know)."""
    little = _LITTLE[market.code]
    used = [value for value in ("like-new", "used", "refurbished") if counts.of("condition", value)]
    trending, newest = reverse("shop:trending"), reverse("shop:newest")
    under = _("Under {price}").format(price=money.format_money(little, market.currency))
    offers = [
        (counts.total, Shortcut(_("Newest"), "clock", newest)),
        (counts.total, Shortcut(_("Trending"), "trending-up", trending)),
        (counts.total, Shortcut(under, "tag", f"{trending}?price_max={facets.price_text(little, market)}")),
        (counts.of("condition", "handmade"), Shortcut(_("Handmade"), "hand", f"{trending}?condition=handmade")),
        (len(used), Shortcut(_("Second-hand"), "repeat-2", f"{newest}?{urlencode([('condition', v) for v in used])}")),
        (counts.of("stock", "order"), Shortcut(_("Made to order"), "scissors", f"{trending}?stock=order")),
    ]
    return [shortcut for there_are, shortcut in offers if there_are]
