#!/usr/bin/env python3
"""How good and how fast the recommender's lists are on a log in a file.

`make bench-recommender TRAIN=FILE TEST=FILE FORMAT=sets`, gzipped or plain; FORMAT says what stands in them:
- sets: "person item item ..." a line; TEST likewise. Validation: a random tenth of TRAIN.
- sequences: the same in the order of time, TEST may be empty: everybody's last item. Validation: the one before.
- timed: a header, then person, item, seconds since 1970; TEST may be empty: what follows the 90 % quantile of time.
  Validation: five tenths inside TRAIN, each after what is older.
- events: a header, then person, item, event, seconds since 1970; TEST: person, item. Validation likewise.
Events of one pair are one, as the site reads its log; fav, cart and buy say 3, 5 and 6.

Settings are found on the validation slice alone (`--tune SECONDS`; 0: the defaults). All items are ranked, what a
person has touched is left out, means are over all people of the test. The last lines are the product's own method.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

from recommender.training import settings as kinds  # noqa: E402
from recommender.training import tuning  # noqa: E402
from recommender.training.log import Log  # noqa: E402
from recommender.training.measures import Quality, measure  # noqa: E402
from recommender.training.scoring import Scorer  # noqa: E402
from recommender.training.settings import Settings  # noqa: E402
from recommender.training.table import make_table  # noqa: E402

DAY = 86_400
READ = 50  # of a history: recommender.selectors.picks.ROWS
SAYS = {"fav": 3, "cart": 5, "buy": 6}  # as recommender.models weighs a save, a request and a payment
CUT = 0.9
COSINE = Settings(width=200, source_power=0.5, target_power=0.5, person_power=0)


class Task(NamedTuple):
    log: Log
    later: sparse.csr_matrix
    start: Settings
    trials: tuning.Trials
    cut: Callable[[Log], tuning.Slices]


def lines_of(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from file


def read_lists(path: Path) -> list[list[int]]:
    return [[int(word) for word in line.split()] for line in lines_of(path) if line.strip()]


def pairs_of(lists: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    people = np.repeat([row[0] for row in lists], [len(row) - 1 for row in lists])
    return people, np.array([item for row in lists for item in row[1:]], np.int32)


def matrix_of(people: np.ndarray, items: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix((np.ones(len(items), np.float32), (people, items)), shape=shape)
    matrix.data[:] = 1
    return matrix


def shape_of(*pairs: tuple[np.ndarray, np.ndarray]) -> tuple[int, int]:
    people, items = zip(*pairs, strict=True)
    return int(max(each.max(initial=-1) for each in people)) + 1, int(max(each.max(initial=-1) for each in items)) + 1


def read_sets(train: Path, test: Path | None) -> Task:
    if test is None:
        sys.exit("FORMAT=sets needs TEST.")
    known, later = pairs_of(read_lists(train)), pairs_of(read_lists(test))
    shape = shape_of(known, later)
    ones = np.ones(len(known[0]), np.float32)
    log = Log.of(*known, ones, 0 * ones, shape)
    return Task(log, matrix_of(*later, shape), kinds.SETS, tuning.SETS, tuning.random_slice)


def read_sequences(train: Path, test: Path | None) -> Task:
    lists = read_lists(train)
    if test is None:
        later = pairs_of([[row[0], row[-1]] for row in lists if len(row) > 2])
        known = [row[:-1] if len(row) > 2 else row for row in lists]
    else:
        later, known = pairs_of(read_lists(test)), lists
    people, items = pairs_of(known)
    ages = np.concatenate([np.arange(len(row) - 2, -1, -1) for row in known])
    shape = shape_of((people, items), later)
    log = Log.of(people, items, np.ones(len(items)), ages, shape)
    return Task(log, matrix_of(*later, shape), kinds.SEQUENCES, tuning.SEQUENCES, tuning.last_of_each)


def read_rows(path: Path) -> list[list[str]]:
    return [line.split() for line in lines_of(path)][1:]


def read_timed(train: Path, test: Path | None) -> Task:
    known = np.array(read_rows(train), np.int64)
    if test is None:
        cut = np.quantile(known[:, 2], CUT)
        known, later = known[known[:, 2] < cut], known[known[:, 2] >= cut]
    else:
        later, cut = np.array(read_rows(test), np.int64), known[:, 2].max()
    shape = shape_of((known[:, 0], known[:, 1]), (later[:, 0], later[:, 1]))
    log = Log.of(known[:, 0], known[:, 1], np.ones(len(known)), (cut - known[:, 2]) / DAY, shape).by_pair()
    return Task(log, matrix_of(later[:, 0], later[:, 1], shape), kinds.TIMED, tuning.TIMED, tuning.later_slices)


def read_events(train: Path, test: Path | None) -> Task:
    if test is None:
        sys.exit("FORMAT=events needs TEST.")
    rows, later = read_rows(train), np.array([row[:2] for row in read_rows(test)], np.int64)
    people, items, times = (np.array([int(row[place]) for row in rows]) for place in (0, 1, 3))
    shape = shape_of((people, items), (later[:, 0], later[:, 1]))
    weights = np.array([SAYS.get(row[2], 1) for row in rows], np.float32)
    log = Log.of(people, items, weights, (times.max() - times) / DAY, shape).by_pair()
    return Task(log, matrix_of(later[:, 0], later[:, 1], shape), kinds.TIMED, tuning.TIMED, tuning.later_slices)


READERS = {"sets": read_sets, "sequences": read_sequences, "timed": read_timed, "events": read_events}


def popular(log: Log) -> Scorer:
    """Everybody's list is what most people touched."""
    nothing = sparse.csr_matrix((log.shape[1], log.shape[1]), dtype=np.float32)
    return Scorer(log, nothing, Settings(popular_share=1))


def say(name: str, quality: Quality) -> None:
    print(f"{name}: {quality.recall_20:.4f}/{quality.ndcg_20:.4f} Recall/NDCG@20", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path, nargs="?")
    parser.add_argument("--format", choices=READERS, default="sets")
    parser.add_argument("--tune", type=float, default=150, help="seconds for finding settings; 0: the defaults")
    options = parser.parse_args()
    task = READERS[options.format](options.train, options.test)
    log = task.log
    print(f"{log.shape[0]:,} people, {log.shape[1]:,} items, {len(log.items):,} events, {task.later.nnz:,} to find")
    say("popularity", measure(popular(log).top, task.later))
    say("plain cosine", measure(Scorer(log, make_table(log, COSINE), COSINE).top, task.later))
    settings = find_settings(task, options.tune) if options.tune else task.start
    report(task, settings)


def find_settings(task: Task, seconds: float) -> Settings:
    def tell(settings: Settings, quality: Quality) -> None:
        print(f"  validation {quality.ndcg_20:.5f} {short(settings, task.start)}", flush=True)

    started = time.monotonic()
    best, quality = tuning.tune(task.log, task.start, task.trials, task.cut, seconds=seconds, tell=tell)
    print(f"tuned on the validation slice in {time.monotonic() - started:.0f} s: NDCG@20 {quality.ndcg_20:.4f} there")
    return best


def short(settings: Settings, start: Settings) -> str:
    before = asdict(start)
    return " ".join(f"{name}={value}" for name, value in asdict(settings).items() if value != before[name])


def report(task: Task, settings: Settings) -> None:
    print(settings)
    started = time.perf_counter()
    table = make_table(task.log, settings)
    fit = time.perf_counter() - started
    scorer = Scorer(task.log, table, settings)
    started = time.perf_counter()
    quality = measure(scorer.top, task.later)
    people = int((np.diff(task.later.indptr) > 0).sum())
    each = (time.perf_counter() - started) / max(people, 1) * 1e6
    megabytes = (table.data.nbytes + table.indices.nbytes + table.indptr.nbytes) / 2**20
    print(f"fit {fit:.1f} s, {each:.0f} microseconds a person, table {table.nnz:,} entries, {megabytes:.0f} MiB")
    print(f"widest row {np.diff(table.indptr).max()}, peak memory {peak_mib():.0f} MiB")
    cold = np.flatnonzero((np.diff(task.log.touched.indptr) == 0) & (np.diff(task.later.indptr) > 0)).astype(np.int32)
    if len(cold):
        say(f"{len(cold)} cold people", measure(scorer.top, task.later, cold))
        say("  popularity for them", measure(popular(task.log).top, task.later, cold))
    say(
        f"as the site reads it, from the newest {READ} things",
        measure(Scorer(task.log, table, settings, READ).top, task.later),
    )
    for name, value in (
        ("Recall@10", quality.recall_10),
        ("NDCG@10", quality.ndcg_10),
        ("Recall@20", quality.recall_20),
        ("NDCG@20", quality.ndcg_20),
    ):
        print(f"{name} {value:.4f}")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
