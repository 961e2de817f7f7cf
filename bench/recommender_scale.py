#!/usr/bin/env python3
"""How long a table of a large shop takes: `make bench-recommender-scale`, or with PEOPLE=, ITEMS=, EVENTS= a small one.

Made-up events (popularity and diligence fall as in shops; most of what one person touches is of few kinds) go through
the product's own training: what all blocks share is made once and kept in a file, then processes that map it make the
rows block by block and pack them as they are kept. PostgreSQL is left out: `bench.interactions` measures the log.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

import joblib  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402

from recommender.training.log import Log  # noqa: E402
from recommender.training.settings import TIMED  # noqa: E402
from recommender.training.table import BLOCK, Maker  # noqa: E402

KINDS = 2000  # of things; a person likes few
MOST = 100  # events of a person
DAYS = 180


def make_log(people: int, items: int, events: int) -> Log:
    """Events in the order of people, as the product reads them."""
    drawn = np.random.default_rng(5)
    each = 1 + drawn.pareto(1.6, people)
    counts = np.minimum(np.maximum((each * events / each.sum()).round(), 1), MOST).astype(np.int64)
    total, width = int(counts.sum()), max(items // KINDS, 1)
    who = np.repeat(np.arange(people, dtype=np.int32), counts)
    likes = drawn.integers(0, KINDS, (people, 3), np.int32)  # her kinds
    thing = np.empty(total, np.int32)
    for start in range(0, total, 10_000_000):
        piece = slice(start, min(start + 10_000_000, total))
        size = piece.stop - piece.start
        place = (drawn.random(size, np.float32) ** 2.5 * width).astype(np.int32)  # the first of a kind are popular
        kind = likes[who[piece], drawn.integers(0, 3, size)]
        kind = np.where(drawn.random(size, np.float32) < 0.2, drawn.integers(0, KINDS, size, np.int32), kind)
        thing[piece] = np.minimum(kind * width + place, items - 1)
    days = drawn.random(total, np.float32) * DAYS
    return Log(who, thing, np.ones(total, np.float32), days, (people, items))


def make_rows(file: Path, number: int, processes: int) -> None:
    """One worker: every block that falls to it, packed as ids and weights."""
    maker: Maker = joblib.load(file, mmap_mode="c")
    starts = range(number * BLOCK, maker.count, processes * BLOCK)
    with file.with_suffix(f".rows{number}").open("wb") as out:
        for start in starts:
            made = maker.rows(np.arange(start, min(start + BLOCK, maker.count), dtype=np.int32))
            out.write(made.indices.astype(np.int64).tobytes())
            out.write(made.data.astype(np.float32).tobytes())


class Memory(threading.Thread):
    """The most that this process and its children took together; what they share is counted once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        mine = psutil.Process()
        while True:
            taken = 0
            for process in [mine, *mine.children()]:
                try:
                    taken += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, taken)
            time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--items", type=int, default=1_500_000)
    parser.add_argument("--events", type=int, default=86_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        make_rows(options.file, options.worker, options.processes)
        return
    memory = Memory()
    memory.start()
    with tempfile.TemporaryDirectory(prefix="bisat-bench-", dir=os.environ.get("BISAT_BENCH_DIR")) as folder:
        measure(options, Path(folder) / "maker", memory)


def measure(options: argparse.Namespace, file: Path, memory: Memory) -> None:
    started = time.perf_counter()
    log = make_log(options.people, options.items, options.events)
    events = len(log.items)
    print(f"{events:,} events of {options.people:,} people and {options.items:,} items made up", flush=True)
    print(f"  in {time.perf_counter() - started:.0f} s, which do not count", flush=True)
    started = time.perf_counter()
    joblib.dump(Maker(log, TIMED), file)
    del log
    shared = time.perf_counter() - started
    print(f"what blocks share: {shared:.0f} s, {file.stat().st_size / 2**30:.2f} GiB in a file", flush=True)
    command = [
        sys.executable,
        "-m",
        "bench.recommender_scale",
        "--file",
        str(file),
        "--processes",
        str(options.processes),
    ]
    workers = [subprocess.Popen([*command, "--worker", str(each)], cwd=BASE) for each in range(options.processes)]
    if any(worker.wait() for worker in workers):
        sys.exit("A worker failed.")
    passed = time.perf_counter() - started
    size = sum(each.stat().st_size for each in file.parent.glob("*.rows*"))
    print(f"rows: {passed - shared:.0f} s by {options.processes} processes")
    print(f"all: {passed:.0f} s, {events / passed:,.0f} events a second, {options.items / passed:,.0f} rows a second")
    print(f"table {size // 12:,} entries, {size / 2**30:.2f} GiB packed; peak memory {memory.peak / 2**30:.2f} GiB")


if __name__ == "__main__":
    main()
