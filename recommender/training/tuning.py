"""Settings from slices that are kept back from training: later ones in time where there are times.

One slice in time is one season: the means of several stand for what comes next better than the last one alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.training.log import Floats, Ints, Log
from recommender.training.measures import Quality, measure
from recommender.training.scoring import Scorer
from recommender.training.settings import Settings
from recommender.training.table import make_table

SHARE = 0.1
CUTS = (0.1, 0.2, 0.3, 0.4, 0.5)  # shares of the events that lie after each cut in time
PEOPLE = 4000  # whose lists are measured
READING = ("history_half_life", "popular_half_life", "popular_share")  # need no new table
Slices = list[tuple[Log, sparse.csr_matrix]]
Trials = Sequence[tuple[str, Sequence[Any]]]

_MATRIX: Trials = (
    ("target_power", (0.5, 0.3, 0.4, 0.2, 0.1)),
    ("source_power", (0.5, 0.6, 0.4, 0.7)),
    ("person_power", (0.5, 0.3, 0.2, 0.7)),
    ("entry_power", (1.0, 0.8, 1.2)),
)
_REGRESSION: Trials = (
    ("regression_item_power", (0.0, 0.2)),
    ("penalty", (2.0, 1.0, 4.0)),
    ("regression_share", (0.5, 1.0)),
)
SETS: Trials = (*_REGRESSION, *_MATRIX)
SEQUENCES: Trials = (
    *_MATRIX[:3],
    ("step_decay", (0.8, 0.7, 0.9)),
    ("backward", (0.7, 0.5, 1.0)),
    ("history_half_life", (3.1, 2.0, 5.0)),
    _MATRIX[3],
)
# One list for every log that knows times, a shop's own among them; the second round meets what the first one changed.
_TIMES: Trials = (
    ("history_half_life", (10, 1, 3, 30, 90, 365, 0)),
    ("popular_half_life", (0, 1, 3, 10, 30, 90)),
    ("popular_share", (0.01, 0.1, 0.3, 1.0, 3.0, 0.0)),
    ("half_life", (30, 7, 90, 365, 0)),
    ("step_decay", (0, 0.8, 0.9)),
    ("trend_power", (0, 0.5, 1.0)),
    ("trend_half_life", (0, 3, 10, 30, 90)),
    *_MATRIX,
    ("width", (50, 100)),
    ("regression_share", (0, 0.5)),
)
TIMED: Trials = (*_TIMES, *_TIMES)


def random_slice(log: Log) -> Slices:
    """A tenth of the events, drawn with a fixed seed: for logs that know no times."""
    return _slice(log, np.random.default_rng(0).random(len(log.items)) >= SHARE)


def last_of_each(log: Log) -> Slices:
    """Everybody's newest event, for sequences: what comes before is one step younger."""
    kept = np.append(log.people[1:] == log.people[:-1], False) if len(log.people) else np.zeros(0, bool)
    return _slice(log, kept, 1)


def later_slices(log: Log) -> Slices:
    """What happened after each of five moments, in the tenth of the events that follows; ages count from there."""
    found = []
    for share in CUTS:
        until, cut = np.quantile(log.ages, [share - SHARE, share])
        within = log.where(log.ages >= until)
        found += _slice(within, within.ages > cut, float(cut))
    return found


def _slice(log: Log, kept: npt.NDArray[np.bool_], less: Floats | float = 0) -> Slices:
    earlier, later = log.where(kept, less), log.where(~kept)
    fresh = later.touched - later.touched.multiply(earlier.touched)
    return [(earlier, sparse.csr_matrix(fresh))]


def tune(
    log: Log,
    start: Settings,
    trials: Trials,
    cut: Callable[[Log], Slices],
    *,
    seconds: float = 150,
    goal: Callable[[Quality], float] = lambda quality: quality.ndcg_20,
    tell: Callable[[Settings, Quality], None] | None = None,
) -> tuple[Settings, Quality]:
    """One number after the other, each tried with its values and kept if the slice says so, until time is up."""
    until = time.monotonic() + seconds
    slices = [(earlier, later, sample(later, PEOPLE)) for earlier, later in cut(log)]
    needed = [touched_by(earlier, people) for earlier, _later, people in slices]
    tables: dict[tuple[int, Settings], sparse.csr_matrix] = {}
    judged: dict[Settings, Quality] = {}

    def judge(settings: Settings) -> Quality:
        key = replace(settings, **dict.fromkeys(READING, 0))
        if (0, key) not in tables:
            tables.clear()
            made = [make_table(each[0], settings, needed=rows) for each, rows in zip(slices, needed, strict=True)]
            tables.update({(place, key): table for place, table in enumerate(made)})
        found = [
            measure(Scorer(earlier, tables[place, key], settings).top, later, people)
            for place, (earlier, later, people) in enumerate(slices)
        ]
        judged[settings] = Quality(*np.mean(found, axis=0).tolist())
        if tell:
            tell(settings, judged[settings])
        return judged[settings]

    best, quality = start, judge(start)
    for name, value in ((name, value) for name, values in trials for value in values):
        trial = replace(best, **{name: value})
        if trial not in judged and time.monotonic() < until and goal(judge(trial)) > goal(quality):
            best, quality = trial, judged[trial]
    return best, quality


def sample(later: sparse.csr_matrix, most: int) -> Ints:
    """At most so many of the people who did something later, always the same ones."""
    people = np.flatnonzero(np.diff(later.indptr)).astype(np.int32)
    return people if len(people) <= most else np.sort(np.random.default_rng(1).choice(people, most, replace=False))


def touched_by(log: Log, people: Ints) -> Ints:
    """The items whose rows these people's lists are made of."""
    return np.unique(log.touched[people].indices).astype(np.int32)
