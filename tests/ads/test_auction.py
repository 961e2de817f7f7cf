"""The auction: who wins is eligible and pays no more than it bid; a rival's higher bid never makes it cheaper."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ads.selectors.auction import (
    CAP,
    DEFAULT_RELEVANCE,
    WHOLE,
    Candidate,
    Index,
    Page,
    Viewer,
    award,
    is_eligible,
    rank,
)

DAY = dt.date(2026, 3, 20)
PLACES = ("tab", "category", "search", "product")
TAB = Page("tab", "us", "en", DAY, WHOLE // 2)


def candidate(pk: int, **fields) -> Candidate:
    """Everybody's, everywhere, one thing of its own channel, nothing spent."""
    usual = {
        "channel_id": pk,
        "is_product": True,
        "product_ids": (pk,),
        "kinds": (1,),
        "placements": PLACES,
        "market": "us",
        "language": "",
        "people": "everybody",
        "wants": frozenset(),
        "city": "",
        "bid_minor": 100,
        "daily_minor": 1000,
        "left_minor": 5000,
        "spent_day": DAY,
        "spent_minor": 0,
        "first_day": DAY,
        "last_day": DAY,
    }
    return Candidate(id=pk, **usual | fields)


small = st.integers(1, 4)
candidates = st.lists(
    st.builds(
        candidate,
        st.integers(1, 40),
        channel_id=small,
        is_product=st.booleans(),
        product_ids=st.tuples(st.integers(1, 12)),
        kinds=st.tuples(small),
        placements=st.sampled_from([PLACES, ("tab",), ("category", "search")]),
        market=st.sampled_from(["us", "us", "eu"]),
        language=st.sampled_from(["", "en", "fa"]),
        people=st.sampled_from(["everybody", "followers", "look_alikes"]),
        wants=st.frozensets(small, max_size=2),
        city=st.sampled_from(["", "austin"]),
        bid_minor=st.integers(1, 500),
        left_minor=st.integers(0, 3),
        spent_minor=st.integers(0, 1000),
        last_day=st.sampled_from([DAY, DAY - dt.timedelta(days=1)]),
    ),
    max_size=25,
    unique_by=lambda each: each.id,
)
viewers = st.builds(
    Viewer,
    follows=st.frozensets(small),
    barred=st.frozensets(small, max_size=1),
    like=st.frozensets(st.integers(1, 40)),
    interests=st.frozensets(small),
    cities=st.frozensets(st.just("austin")),
    scores=st.dictionaries(st.integers(1, 12), st.integers(1, WHOLE)),
    shown=st.dictionaries(st.integers(1, 40), st.integers(0, CAP + 1)),
)
pages = st.builds(
    Page,
    place=st.sampled_from(PLACES),
    market=st.just("us"),
    language=st.sampled_from(["en", "fa"]),
    day=st.just(DAY),
    hour=st.integers(0, WHOLE - 1),
    kinds=st.frozensets(small),
    there=st.frozensets(st.integers(1, 12), max_size=3),
)


@given(candidates, viewers, pages, st.integers(1, 50))
def test_the_winner_is_the_best_eligible_one_and_pays_no_more_than_its_bid(many, viewer, page, floor):
    if page.place == "tab":
        page = replace(page, kinds=frozenset())
    ranked = rank(Index(many), viewer, page, most=30)
    worth = {each.candidate.id: each.score for each in ranked}
    assert worth == {
        each.id: each.bid_minor * max(DEFAULT_RELEVANCE, viewer.scores.get(each.product_ids[0], 0))
        for each in many
        if is_eligible(each, viewer, page)
    }
    assert list(worth.values()) == sorted(worth.values(), reverse=True)
    assert [each.candidate for each in rank(Index(many), viewer, page, most=2)] == [
        each.candidate for each in ranked[:2]
    ]
    won = award(ranked, floor)
    assert (won is None) == (not worth)
    if won:
        assert won.candidate == ranked[0].candidate
        assert 1 <= won.price_minor <= won.candidate.bid_minor


@given(st.integers(5, 500), st.integers(1, 400), st.integers(0, 100), st.integers(1, WHOLE), st.integers(1, WHOLE))
def test_a_rivals_higher_bid_never_makes_a_click_cheaper_and_ones_own_never_changes_it(bid, low, more, mine, theirs):
    viewer = Viewer(scores={1: mine, 2: theirs})

    def price(own: int, rival: int) -> int | None:
        index = Index([candidate(1, bid_minor=own), candidate(2, bid_minor=rival)])
        won = award(rank(index, viewer, TAB), 1)
        return won.price_minor if won and won.candidate.id == 1 else None

    before, after = price(bid, low), price(bid, low + more)
    assert after is None or (before is not None and before <= after)
    assert before is None or price(bid + more, low) == before


def test_the_second_price_is_the_least_bid_that_still_wins():
    index = Index([candidate(1, bid_minor=90), candidate(2, bid_minor=40), candidate(3, bid_minor=30)])
    assert award(rank(index, Viewer(), TAB), 1) == (index.by_id[1], 40)
    fitting = Viewer(scores={2: 500})  # five times the usual relevance
    assert award(rank(index, fitting, TAB), 1) == (index.by_id[2], 18)  # 90 x 100 / 500
    assert award(rank(index, fitting, TAB), 25) == (index.by_id[2], 25)


def test_a_seller_does_not_drive_up_her_own_price():
    index = Index([candidate(1, bid_minor=90), candidate(2, bid_minor=80, channel_id=1), candidate(3, bid_minor=20)])
    assert award(rank(index, Viewer(), TAB), 1).price_minor == 20


def test_money_is_spread_over_the_day():
    def is_shown(hour: int, spent: int) -> bool:
        return bool(rank(Index([candidate(1, spent_minor=spent)]), Viewer(), replace(TAB, hour=hour)))

    assert [is_shown(0, 83), is_shown(0, 82)] == [False, True]  # a twelfth of 1000 is the head start
    assert [is_shown(500, 583), is_shown(500, 582)] == [False, True]
    assert [is_shown(999, 999), is_shown(999, 1000)] == [True, False]
    yesterday = candidate(1, spent_minor=1000, spent_day=DAY - dt.timedelta(days=1))
    assert rank(Index([yesterday]), Viewer(), TAB)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("audience", "member", "stranger"),
    [
        ({"people": "followers"}, {"follows": {1}}, {"follows": {2}}),
        ({"people": "look_alikes"}, {"like": {1}}, {"like": {2}}),
        ({"wants": frozenset({7})}, {"interests": frozenset({7})}, {"interests": frozenset({8})}),
        ({"city": "austin"}, {"cities": {"austin"}}, {"cities": {"dallas"}}),
    ],
)
def test_who_is_not_in_the_audience_takes_no_part_however_well_it_fits(audience, member, stranger, place):
    page = replace(TAB, place=place, kinds=frozenset({1}) if place != "tab" else frozenset())
    for known in ({}, {"scores": {1: WHOLE}}):  # looked up by what she cares for, and by the thing
        shown = [
            bool(rank(Index([candidate(1, **audience)]), Viewer(**known | who), page)) for who in (member, stranger)
        ]
        assert (known, shown) == (known, [True, False])


@pytest.mark.parametrize("place", PLACES)
def test_an_ad_in_a_language_is_for_who_reads_it(place):
    page = replace(TAB, place=place, kinds=frozenset({1}) if place != "tab" else frozenset())
    index = Index([candidate(1, language="fa"), candidate(2)])
    for known in ({}, {1: WHOLE, 2: WHOLE}):
        shown = {
            language: {
                each.candidate.id for each in rank(index, Viewer(scores=known), replace(page, language=language))
            }
            for language in ("fa", "en")
        }
        assert shown == {"fa": {1, 2}, "en": {2}}


def test_an_ad_is_shown_from_its_first_day_to_its_last_and_while_there_is_budget():
    day, two = dt.timedelta(days=1), candidate(1, last_day=DAY + dt.timedelta(days=1))

    def is_shown(one: Candidate, on: dt.date) -> bool:
        return bool(rank(Index([one]), Viewer(), replace(TAB, day=on)))

    assert [is_shown(two, DAY + n * day) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert [is_shown(replace(two, left_minor=left), DAY) for left in (0, 1)] == [False, True]
    spent = replace(two, spent_minor=1000)
    assert [is_shown(spent, DAY + n * day) for n in (0, 1)] == [False, True]


@given(candidates, candidates)
def test_an_index_that_followed_changes_says_what_a_new_one_says(before, after):
    index, now = Index(before), {each.id: each for each in after}
    for pk in {each.id for each in before} | now.keys():
        index.replace(pk, now.get(pk))
    viewer, page = Viewer(follows={1}, interests=frozenset({1, 2})), replace(TAB, hour=WHOLE - 1)
    assert rank(index, viewer, page, 30) == rank(Index(after), viewer, page, 30)
