"""Wilson's interval against published values, confidence sequences against the formula in print."""

from math import log, sqrt

import pytest

from core.intervals import confidence_sequence, wilson
from insights.selectors.smoke import Funnel, Verdict, decide


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (3000, 8000, 0.3645, 0.3857),
    ],
)
def test_limits_are_those_in_print(hits, of, low, high):
    assert tuple(round(limit, 4) for limit in wilson(hits, of)) == (low, high)


def test_of_nobody_everything_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("seen", "submitted", "verdict"),
    [
        (499, 499, Verdict.NOT_ENOUGH),  # too few came
        (1000, 150, Verdict.BUILD),  # from 12.9 %
        (1000, 70, Verdict.DO_NOT_BUILD),  # up to 8.8 %
        (1000, 105, Verdict.NOT_ENOUGH),  # 8.8 to 12.5 %
    ],
)
def test_the_verdict_needs_the_whole_interval_on_one_side(seen, submitted, verdict):
    funnel = Funnel(seen, submitted, submitted, submitted)
    assert decide(funnel, threshold=0.1, min_visitors=500) == verdict


def test_a_sequence_has_the_width_in_print():
    n, deviation, rho = 400, 3.0, sqrt((-2 * log(0.05) + log(-2 * log(0.05) + 1)) / 1000)
    spread = n * rho**2 + 1
    reach = deviation * sqrt(2 * spread / (n**2 * rho**2) * log(sqrt(spread) / 0.05))
    found = confidence_sequence(10.0, deviation / sqrt(n), n, planned=1000)
    assert found == pytest.approx((10 - reach, 10 + reach))


def test_a_sequence_is_narrowest_about_where_it_is_planned():
    def reach(n: int, planned: int) -> float:
        return confidence_sequence(0.0, 1.0, n, planned)[1]

    best = reach(1000, 1000)
    assert best < 1.01 * min(reach(1000, planned) for planned in range(100, 10_000, 100))
    assert 1.96 < best < 3.1
    assert max(reach(n, 1000) for n in (100, 10_000)) < 1.28 * best
