"""Whoever looks at a lift each day and stops at what she likes is wrong no more often than the limits say."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

from recommender.lookers import Arm
from recommender.selectors import lift

RUNS, DAYS, PICKED, HELD_OUT = 1000, 60, 40, 10  # people who come each day, those of each group


def _told(generator: np.random.Generator, people: int, mean: float) -> np.ndarray:
    """Of each run and day: the total, mean and variance of what people did until then, most of them nothing."""
    did = generator.geometric(1 / (1 + mean), size=(RUNS, DAYS, people)).astype(float) - 1
    count = people * np.arange(1, DAYS + 1)
    total, squares = did.sum(2).cumsum(1), (did**2).sum(2).cumsum(1)
    return np.stack([total, total / count, (squares - total**2 / count) / (count - 1)], axis=-1)


def _verdicts(picked: np.ndarray, held_out: np.ndarray) -> list[lift.Verdict]:
    """Of one run, what the page said on each of its days."""
    found = []
    for day, (ours, theirs) in enumerate(zip(picked.tolist(), held_out.tolist(), strict=True), start=1):
        arms = {
            Arm.PICKED: lift.ArmFigures(PICKED * day, {"saves": lift.Measure(*ours)}),
            Arm.HELD_OUT: lift.ArmFigures(HELD_OUT * day, {"saves": lift.Measure(*theirs)}),
        }
        told = lift.get_lift(arms, "saves")
        found.append(told.verdict if told else lift.Verdict.OPEN)
    return found


def _shown_by_1_96(picked: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Of each run, whether plain limits ever left out zero."""
    day = np.arange(1, DAYS + 1)
    (_all, ours, our_variance), (_all, theirs, their_variance) = (np.moveaxis(arm, -1, 0) for arm in (picked, held_out))
    error = np.sqrt(our_variance / (PICKED * day) + their_variance / (HELD_OUT * day))
    return (np.abs(ours - theirs) > 1.96 * error).any(axis=1)


@pytest.mark.parametrize("mean", [0.05, 0.5], ids=["rare", "common"])
def test_a_difference_that_is_none_is_seldom_shown_on_any_of_sixty_days(mean):
    generator = np.random.default_rng(20261127)
    picked, held_out = _told(generator, PICKED, mean), _told(generator, HELD_OUT, mean)
    wrong = np.mean([set(_verdicts(*run)) != {lift.Verdict.OPEN} for run in zip(picked, held_out, strict=True)])
    assert wrong <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / RUNS)
    assert np.mean(_shown_by_1_96(picked, held_out)) > 0.15  # so the draw has what the limits must withstand


@pytest.mark.parametrize(("mean", "verdict"), [(1.0, lift.Verdict.MORE), (0.25, lift.Verdict.FEWER)])
def test_a_difference_that_is_there_is_found(mean, verdict):
    generator = np.random.default_rng(20261127)
    runs = zip(_told(generator, PICKED, mean)[:200], _told(generator, HELD_OUT, 0.5)[:200], strict=True)
    told = [_verdicts(*run) for run in runs]
    assert np.mean([verdict in days for days in told]) > 0.95
    assert np.mean([days[0] == verdict for days in told]) < 0.05  # not on the first day


def test_a_round_begins_on_one_monday_and_is_no_longer_than_the_log(settings):
    nights = [dt.datetime(2026, 11, 1, 4, 10, tzinfo=dt.UTC) + dt.timedelta(days=days) for days in range(70)]
    starts = [lift.get_start(night) for night in nights]
    assert {start.weekday() for start in starts} == {0}
    assert {(later - start).days for start, later in pairwise(sorted(set(starts)))} == {28}
    assert all(0 <= (night - start).days < 28 for night, start in zip(nights, starts, strict=True))
    settings.IMPRESSION_DAYS = 14
    assert all((night - lift.get_start(night)).days < 14 for night in nights)
