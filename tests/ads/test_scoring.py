"""The first check: more of what is good never lowers it, more of what is bad never raises it, all is explained."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ads import scoring
from ads.scoring import Facts, check

COUNT = st.integers(0, 5000)
RATE = st.integers(0, 10_000)
FACTS = st.builds(
    Facts,
    currency=st.sampled_from(["USD", "EUR", "IRR", "TWD"]),
    age_days=COUNT,
    completed=COUNT,
    dispute_basis_points=RATE,
    refund_basis_points=RATE,
    turnover_minor=st.integers(0, 10**12),
    followers=COUNT,
    on_time=st.integers(0, 20),
    late=st.integers(0, 20),
    written_off=st.integers(0, 5),
)
GOOD = ["age_days", "completed", "turnover_minor", "followers", "on_time"]
BAD = ["dispute_basis_points", "refund_basis_points", "late", "written_off"]


@given(FACTS, st.sampled_from(GOOD + BAD), st.integers(1, 3000))
def test_the_score_and_the_limit_are_monotone_in_each_fact(facts, name, more):
    better = check(replace(facts, **{name: getattr(facts, name) + more}))
    before = check(facts)
    if name in BAD:
        better, before = before, better
    assert better.score >= before.score
    assert better.suggested_limit_minor >= before.suggested_limit_minor


def test_every_fact_is_good_or_bad_and_varied():
    known = {field.name for field in fields(Facts)} - {"currency"}
    assert sorted(GOOD + BAD) == sorted(known)
    assert len(check(Facts("USD")).reasons) == len(known)


MIDDLING = Facts("USD", 365, 80, 5_00, 10_00, 20_000_00, 1000, on_time=1, late=1)


@pytest.mark.parametrize(
    ("fact", "reason", "points"),
    [
        ("age_days", "age", {0: 0, 73: 3, 365: 15, 1000: 15}),
        ("completed", "completed", {10: 2, 50: 12, 100: 25, 200: 25}),
        ("turnover_minor", "turnover", {0: 0, 5_000_00: 5, 20_000_00: 20, 30_000_00: 20}),
        ("followers", "followers", {0: 0, 100: 1, 1000: 10, 2000: 10}),
        ("dispute_basis_points", "disputes", {0: 15, 2_00: 12, 5_00: 7, 10_00: 0, 20_00: 0}),
        ("refund_basis_points", "refunds", {0: 10, 4_00: 8, 10_00: 5, 20_00: 0, 40_00: 0}),
        ("on_time", "on_time", {0: 0, 1: 1, 2: 3, 3: 5, 9: 5}),
        ("late", "late", {0: 0, 1: -10, 2: -20}),
        ("written_off", "written_off", {0: 0, 1: -40}),
    ],
)
def test_each_fact_moves_the_score_by_its_own_reason_and_no_other(fact, reason, points):
    before = check(MIDDLING)
    had = {each.fact: each for each in before.reasons}
    for value, expected in points.items():
        now = check(replace(MIDDLING, **{fact: value}))
        has = {each.fact: each for each in now.reasons}
        assert (has[reason].value, has[reason].points) == (value, expected)
        assert now.score == before.score - had[reason].points + expected
        assert has | {reason: had[reason]} == had


@given(FACTS)
def test_the_score_is_the_sum_of_its_reasons(facts):
    verdict = check(facts)
    assert verdict.score == min(100, max(0, sum(reason.points for reason in verdict.reasons)))
    assert all(reason.points <= reason.most and reason.words for reason in verdict.reasons)
    assert scoring.unpack([reason.pack() for reason in verdict.reasons]) == verdict.reasons


def test_nothing_known_gives_nothing_and_all_gives_a_hundred():
    best = Facts("USD", 365, 100, 0, 0, 20_000_00, 1000, 3)
    assert [(check(facts).score, check(facts).suggested_limit_minor) for facts in (Facts("USD"), best)] == [
        (0, 0),
        (100, 1660_00),
    ]


@pytest.mark.parametrize(("completed", "points"), [(9, 0), (10, 15)])
def test_rates_count_from_the_tenth_payment_on(completed, points):
    reasons = {reason.fact: reason for reason in check(Facts("USD", completed=completed)).reasons}
    assert reasons["disputes"].points == points


def test_reasons_are_said_in_words():
    words = [reason.words for reason in check(Facts("USD", 1, 12, 250, 0, 5_00, 3, 0, 1, 0)).reasons]
    assert words == [
        "Open for 1 day",
        "12 completed secure payments",
        "$5 turned over in 180 days",
        "3 followers",
        "2.5% of payments disputed",
        "0% of payments refunded",
        "0 statements repaid on time",
        "1 statement repaid late",
        "0 statements written off",
    ]
