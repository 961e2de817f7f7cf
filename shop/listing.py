"""What one page of a filtered list is made of: read from the address, looked up, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import money
from core.kept import keep
from core.pages import BadCursor, Request
from shop import facets
from shop.cards import render_cards
from shop.facet_form import Chip, Group, Vocabulary, count_text, make_chips, make_groups
from shop.facets import Counts, Filters, Scope
from shop.selectors.lists import Sort, get_page_and_counts

FRAME_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Subcategory:
    name: str
    url: str
    count_text: str


class Frame(NamedTuple):
    """The HTML around the things of a list: half of what such a page costs, and the same for all who see the same
    counts."""

    subcategories: SafeString
    bar: SafeString
    form: SafeString


@dataclass(frozen=True)
class Listing:
    """Everything a list page shows below its heading."""

    path: str
    vocabulary: Vocabulary
    counts: Counts
    filters: Filters
    base: dict[str, str]  # what addresses of this list keep, whatever they filter
    sort: Sort
    offered: Sequence[Sort]

    cards: list[SafeString]
    total: int
    total_text: str  # exact up to ten thousand, then "10,000+"
    more_url: str
    url: str  # of this list in its one canonical form, a query string
    notices: list[str]
    clear_url: str
    price_min: str
    price_max: str
    price_unit: str
    words: str  # the search's, to be kept by the form
    opened: tuple[str, ...]  # facets that show all their values
    is_continued: bool  # not the list's beginning

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters)

    @cached_property
    def groups(self) -> list[Group]:
        return make_groups(self.vocabulary, self.counts, self.filters, self.opened, self.url)

    @cached_property
    def chips(self) -> list[Chip]:
        return make_chips(self.vocabulary, self.counts, self.filters, self.base)

    @cached_property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Value, words, whether it is chosen."""
        return [(str(each), str(each.label), each == self.sort) for each in self.offered]

    @cached_property
    def subcategories(self) -> list[Subcategory]:
        return _subcategories(self.vocabulary, self.counts, self.filters, {"sort": self.base["sort"]})

    @cached_property
    def frame(self) -> Frame:
        facts = (
            self.path, self.url, self.opened, self.words, self.clear_url, self.price_unit,
            self.filters, self.counts,
        )  # fmt: skip
        (kept,) = keep("list-frame", [facts], lambda _places: {0: tuple(self._make_frame())}, FRAME_SECONDS)
        return Frame(*kept)

    def _make_frame(self) -> Frame:
        templates = ("shop/_browse.html#subcategories", "shop/_browse.html#bar", "shop/_facets.html")
        return Frame(*(render_to_string(template, {"listing": self}) for template in templates))


def _choose_sort(asked: str, offered: Sequence[Sort]) -> Sort:
    return next((sort for sort in offered if sort == asked), offered[0])


def _subcategories(words: Vocabulary, counts: Counts, filters: Filters, base: dict[str, str]) -> list[Subcategory]:
    """The categories below with what each would show under the same filters."""
    if words.node is None:
        return []
    inside = Filters(filters.price_min, filters.price_max, tuple(p for p in filters.chosen if p[0] != "category"))
    query = words.address(inside, base)
    return [
        Subcategory(str(child), child.get_absolute_url() + query, count_text(n))
        for child in words.children
        if (n := counts.of("category", str(child.id)))
    ]


def get_listing(request: Request, scope: Scope, sorts: Sequence[Sort], node: Any = None, words: str = "") -> Listing:
    """The list of ``scope`` as the address filters and sorts it; the first of ``sorts`` is the usual one.

    One query, two when counts are not kept, and those of shop.cards.
    """
    market = request.market
    vocabulary = Vocabulary(market, node)
    parsed = vocabulary.parse(request.GET)
    filters = parsed.filters
    sort = _choose_sort(request.GET.get("sort", ""), sorts)
    base = {"q": words, "sort": "" if sort == sorts[0] else str(sort)}
    after = request.GET.get("after", "")
    try:
        page, counts = get_page_and_counts(scope, filters, sort, after, vocabulary.facets)
    except BadCursor:  # none of ours: the beginning
        after = ""
        page, counts = get_page_and_counts(scope, filters, sort, after, vocabulary.facets)
    url = vocabulary.address(filters, base)
    toman = facets.shows_toman(market)
    return Listing(
        path=request.path,
        vocabulary=vocabulary,
        counts=counts,
        filters=filters,
        base=base,
        sort=sort,
        offered=sorts,
        cards=render_cards(page.rows, request, eager=0 if after else 4),
        total=counts.total,
        total_text=count_text(counts.total, is_partial=counts.is_partial),
        more_url=vocabulary.address(filters, base | {"after": page.next_cursor}) if page.next_cursor else "",
        url=url,
        notices=parsed.notices,
        clear_url=vocabulary.address(Filters(), base) or "?",
        price_min=facets.price_text(filters.price_min, market),
        price_max=facets.price_text(filters.price_max, market),
        price_unit=_("toman") if toman else money.SYMBOLS.get(market.currency, market.currency),
        words=words,
        opened=tuple(facet for facet in vocabulary.facets if facet in request.GET.getlist("more")),
        is_continued=bool(after),
    )


def answer(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; for htmx its list with the filters (the address follows), only the next things of a growing one, or
    only the facet that was opened."""
    listing: Listing = context["listing"]
    if not request.htmx:
        return render(request, template, context)
    facet = (request.htmx.target or "").partition("#facet-")[2]
    if facet and (group := next((each for each in listing.groups if each.name == facet), None)):
        return render(request, "shop/_facets.html#group", {"group": group, "is_asked": True})
    if listing.is_continued:
        return render(request, "shop/_browse.html#items", context)
    response = render(request, "shop/_browse.html#browse", context)
    response["HX-Push-Url"] = request.path + listing.url
    return response
