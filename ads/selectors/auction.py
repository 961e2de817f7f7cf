"""The auction of one place for an ad: who may be shown to a viewer there, who wins, and what a click then costs.

Pure functions over an index in memory (ads.selectors.live fills it): nothing here asks a database or a clock. Ads are
ranked by bid x relevance; the winner pays the least bid with which she would still have won, never more than her own.
Relevance is a whole number up to WHOLE, so that all is done in integers and a price is exact to the minor unit.
"""

import heapq
from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from ads.models import Campaign

Place, People = Campaign.Placement, Campaign.People
WHOLE = 1000
DEFAULT_RELEVANCE = 100  # of what the recommender says nothing about: a tenth of what fits best
HEAD_START = WHOLE // 12  # of a day's budget may be ahead of the hour
CAP = 4  # times one ad is given to one viewer in a day
MOST_RANKED = 8  # whoever asks further (is it in stock?) may lose the first few
MOST_EXAMINED = 2_000  # in one auction; those with the highest bids
Cell = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live campaign, as the auction knows it. ``product_ids``: what it advertises; of a channel, some of its things.

    ``kinds`` are their categories, ``wants`` those the audience cares for. ``left_minor`` is of the whole budget,
    ``spent_minor`` of ``spent_day``; both count what is out on leases as spent.
    """

    id: int
    channel_id: int
    is_product: bool
    product_ids: tuple[int, ...]
    kinds: tuple[int, ...]
    placements: tuple[str, ...]
    market: str
    language: str
    people: str
    wants: frozenset[int]
    city: str
    bid_minor: int
    daily_minor: int
    left_minor: int
    spent_day: date
    spent_minor: int
    first_day: date
    last_day: date
    line: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: ``scores`` are the recommender's, by product, in parts of WHOLE; ``shown`` how often each campaign was
    given to her in the last day."""

    follows: Collection[int] = frozenset()
    barred: Collection[int] = frozenset()  # channels of her own
    like: Collection[int] = frozenset()  # campaigns whose look-alike she is
    interests: frozenset[int] = frozenset()
    cities: frozenset[str] = frozenset()
    scores: Mapping[int, int] = field(default_factory=dict)
    shown: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Where and when. ``kinds`` are the categories it is about (none on the shop tab), ``there`` the products it shows,
    ``hour`` the part of WHOLE of the day that is over."""

    place: str
    market: str
    language: str
    day: date
    hour: int
    kinds: frozenset[int] = frozenset()
    there: Collection[int] = frozenset()


class Ranked(NamedTuple):
    score: int
    relevance: int
    candidate: Candidate


class Award(NamedTuple):
    candidate: Candidate
    price_minor: int


def _cells(candidate: Candidate) -> Iterator[Cell]:
    """Where it is found: on the tab by whom it wants, elsewhere by what it is about."""
    base = (candidate.market, candidate.language)
    for place in candidate.placements:
        if place != Place.TAB:
            yield from ((place, *base, kind) for kind in candidate.kinds)
        elif candidate.people == People.FOLLOWERS:
            yield (place, *base, "follows", candidate.channel_id)
        elif candidate.people == People.LOOK_ALIKES:
            yield (place, *base, "like", candidate.id)
        elif candidate.wants:
            yield from ((place, *base, "wants", kind) for kind in candidate.wants)
        else:
            yield (place, *base, "city", candidate.city)


def _asked(viewer: Viewer, page: Page) -> Iterator[Cell]:
    """The cells in which something for this viewer may be."""
    for language in dict.fromkeys((page.language, "")):
        base = (page.place, page.market, language)
        if page.place != Place.TAB:
            yield from ((*base, kind) for kind in page.kinds)
            continue
        yield from ((*base, "city", city) for city in ("", *viewer.cities))
        yield from ((*base, "follows", channel) for channel in viewer.follows)
        yield from ((*base, "like", campaign) for campaign in viewer.like)
        yield from ((*base, "wants", kind) for kind in viewer.interests)


class Index:
    """Candidates by where they are looked for, the highest bid first. Written by one thread at a time; a list that
    changes is made anew, so readers go on with what they have."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self.by_id: dict[int, Candidate] = {}
        self._cells: dict[Cell, list[Candidate]] = {}
        self._by_product: dict[int, tuple[Candidate, ...]] = {}
        for candidate in sorted(candidates, key=_order):
            self.by_id[candidate.id] = candidate
            for cell in _cells(candidate):
                self._cells.setdefault(cell, []).append(candidate)
            for product in candidate.product_ids:
                self._by_product[product] = (*self._by_product.get(product, ()), candidate)

    def replace(self, pk: int, candidate: Candidate | None) -> None:
        """The campaign as it is now; None: it is live no longer."""
        before = self.by_id.get(pk)
        if before == candidate:
            return
        for old in (before,) if before else ():
            for cell in _cells(old):
                self._cells[cell] = [each for each in self._cells[cell] if each.id != pk]
            for product in old.product_ids:
                self._by_product[product] = tuple(each for each in self._by_product[product] if each.id != pk)
        if candidate is None:
            self.by_id.pop(pk, None)
            return
        self.by_id[pk] = candidate
        for cell in _cells(candidate):
            found = list(self._cells.get(cell, ()))
            insort(found, candidate, key=_order)
            self._cells[cell] = found
        for product in candidate.product_ids:
            self._by_product[product] = (*self._by_product.get(product, ()), candidate)

    def of_cell(self, cell: Cell) -> Sequence[Candidate]:
        return self._cells.get(cell, ())

    def of_products(self, pks: Mapping[int, object]) -> Iterator[Candidate]:
        """Of those of these products that anybody advertises."""
        for pk in pks.keys() & self._by_product.keys():
            yield from self._by_product[pk]


def _order(candidate: Candidate) -> tuple[int, int]:
    return -candidate.bid_minor, candidate.id


def is_on_time(candidate: Candidate, page: Page) -> bool:
    """Within its dates and its money, and not ahead of the day: spent evenly, with a head start of HEAD_START."""
    spent = candidate.spent_minor if candidate.spent_day == page.day else 0
    may_spend = candidate.daily_minor * min(WHOLE, page.hour + HEAD_START)
    return (
        candidate.first_day <= page.day <= candidate.last_day and candidate.left_minor > 0 and spent * WHOLE < may_spend
    )


def is_for(candidate: Candidate, viewer: Viewer, page: Page) -> bool:
    """Whether she is in the audience, and has not seen enough of it."""
    if candidate.channel_id in viewer.barred or viewer.shown.get(candidate.id, 0) >= CAP:
        return False
    if candidate.language not in ("", page.language) or (candidate.city and candidate.city not in viewer.cities):
        return False
    if candidate.people == People.FOLLOWERS and candidate.channel_id not in viewer.follows:
        return False
    if candidate.people == People.LOOK_ALIKES and candidate.id not in viewer.like:
        return False
    return not candidate.wants or not candidate.wants.isdisjoint(viewer.interests | page.kinds)


def is_eligible(candidate: Candidate, viewer: Viewer, page: Page) -> bool:
    """Everything that is known without asking the database."""
    return (
        candidate.market == page.market
        and page.place in candidate.placements
        and (page.place == Place.TAB or not page.kinds.isdisjoint(candidate.kinds))
        and not (candidate.is_product and candidate.product_ids[0] in page.there)
        and is_on_time(candidate, page)
        and is_for(candidate, viewer, page)
    )


def relevance_of(candidate: Candidate, viewer: Viewer) -> int:
    """From 1 to WHOLE: the recommender's score of what is advertised, DEFAULT_RELEVANCE where that is more."""
    scores = viewer.scores
    return max([DEFAULT_RELEVANCE, *(scores.get(pk, 0) for pk in candidate.product_ids)])


def rank(index: Index, viewer: Viewer, page: Page, most: int = MOST_RANKED) -> list[Ranked]:
    """The best ``most`` eligible ads, best first; equal ones by number, the older campaign first.

    Those with a score are looked up by their products; of all others, whose relevance is the same, the highest bids are
    enough. So it costs by what the viewer did and by ``most``, not by how many campaigns are live.
    """
    found: dict[int, Ranked] = {}
    for candidate in index.of_products(viewer.scores):
        if candidate.id not in found and is_eligible(candidate, viewer, page):
            found[candidate.id] = _ranked(candidate, viewer)
    least = sorted((each.score for each in found.values()), reverse=True)[:most]
    asked = heapq.merge(*map(index.of_cell, _asked(viewer, page)), key=_order)
    for candidate in islice(asked, MOST_EXAMINED):
        is_enough = len(least) >= most and candidate.bid_minor * DEFAULT_RELEVANCE < least[-1]
        if is_enough:
            break
        if candidate.id not in found and is_eligible(candidate, viewer, page):
            found[candidate.id] = ranked = _ranked(candidate, viewer)
            insort(least, ranked.score, key=lambda score: -score)
            del least[most:]
    return heapq.nsmallest(most, found.values(), key=lambda each: (-each.score, each.candidate.id))


def _ranked(candidate: Candidate, viewer: Viewer) -> Ranked:
    relevance = relevance_of(candidate, viewer)
    return Ranked(candidate.bid_minor * relevance, relevance, candidate)


_channel = attrgetter("candidate.channel_id")


def award(ranked: Sequence[Ranked], floor_minor: int) -> Award | None:
    """The first of these and what a click of it costs: so much that her score is the next one's, at least the floor, at
    most her bid. A seller does not drive up her own price: the next one is another channel's."""
    if not ranked:
        return None
    first = ranked[0]
    rival = next((each for each in ranked[1:] if _channel(each) != _channel(first)), None)
    price = -(-rival.score // first.relevance) if rival else 0
    return Award(first.candidate, min(first.candidate.bid_minor, max(price, floor_minor, 1)))
