#!/usr/bin/env python3
"""How many events a second the log takes: `.venv/bin/python -m bench.interactions [--seconds 20] [--rate 0]`.

Two processes hand over looks as pages do, one at a time; the buffer's thread of each writes them by COPY into a
partitioned table of its own PostgreSQL. Prints the events a second that are in the table when all is flushed, and how
long handing one over takes a page.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

from core import embedded  # noqa: E402

PROCESSES = 2


def start_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def hand_over(seconds: float, rate: float) -> None:
    """One process: ``rate`` events a second, 0: as many as it can."""
    start_django()
    from recommender import buffer, services
    from recommender.lookers import Looker

    took, count, started = [], 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        if rate and count > rate * passed:
            time.sleep(0.001)
            continue
        if len(buffer.interactions._rows) > buffer.MOST / 2:
            time.sleep(0.005)  # the table is what is measured, not memory
            continue
        before = time.perf_counter()
        services.record(
            looker=Looker(random.randrange(1, 100_000)), kind="view", product_id=random.randrange(1_000_000)
        )
        took.append(time.perf_counter() - before)
        count += 1
    buffer.interactions.flush()
    took.sort()
    middle, slow = (took[int(len(took) * share)] * 1e6 for share in (0.5, 0.99))
    print(f"  handed over {count:,}: p50 {middle:.0f} µs, p99 {slow:.0f} µs", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=0, help="events a second of each process")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        hand_over(options.seconds, options.rate)
        return
    home = Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.chmod(0o755)
    try:
        measure(home, options)
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def measure(home: Path, options: argparse.Namespace) -> None:
    servers = embedded.start(home, durable=True, environment={})
    os.environ |= servers.environment()
    os.environ |= {"BISAT_ENV": "development", "BISAT_VAR": str(home), "LOG_LEVEL": "ERROR"}
    owner = os.environ | {"DATABASE_URL": servers.owner_url}
    subprocess.run(
        [sys.executable, str(BASE / "manage.py"), "migrate", "--verbosity", "0"], env=owner, cwd=BASE, check=True
    )
    command = [sys.executable, "-m", "bench.interactions", "--one"]
    command += ["--seconds", str(options.seconds), "--rate", str(options.rate)]
    started = time.perf_counter()
    processes = [subprocess.Popen(command, cwd=BASE) for _ in range(PROCESSES)]
    for process in processes:
        process.wait()
    passed = time.perf_counter() - started
    start_django()
    from recommender.models import Interaction

    count = Interaction.objects.count()
    print(f"{count:,} events in the table after {passed:.1f} s: {count / passed:,.0f} a second")


if __name__ == "__main__":
    main()
