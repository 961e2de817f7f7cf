#!/usr/bin/env python3
"""How fast lists are read: `.venv/bin/python -m bench.picks [--people 2000]`, after bench.pages' catalogue.

People look at 50 things each, of a few kinds; the table is made as at night. Then 24 filtered things for each of 500
of them, first with her history still to be read from the log, then with it in Redis, then with Redis gone.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

import psutil  # noqa: E402
import psycopg  # noqa: E402

from bench import pages  # noqa: E402
from core import embedded  # noqa: E402

HISTORY, ASKED = 50, 500


def look_around(people: int) -> list[int]:
    """Their looks, written as pages write them; returns their ids."""
    from django.utils import timezone

    from accounts.models import User
    from recommender import buffer
    from sellers.models import Product

    persons = User.objects.bulk_create(User(email=f"look{n}@example.com") for n in range(people))
    things: dict[str, list[int]] = {}
    for pk, title in Product.objects.listed().in_market("us").values_list("pk", "title"):
        things.setdefault(title.split()[0], []).append(pk)
    kinds = [ids for ids in things.values() if len(ids) > 5]
    now = timezone.now()
    for person in persons:
        liked = [pk for ids in random.sample(kinds, min(6, len(kinds))) for pk in ids]
        looks = [(now, person.pk, "", random.choice(liked), None, "view", None, "") for _ in range(HISTORY)]
        buffer.interactions.put(looks)
        if person.pk % 500 == 0:
            buffer.interactions.flush()
    buffer.interactions.flush()
    return [person.pk for person in persons]


def ask(name: str, people: list[int]) -> None:
    """Times of lists one after the other, and what they take of processors: that is the same whoever else works."""
    from django.db import connection

    from recommender import selectors
    from recommender.lookers import Looker

    took: list[float] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])
    first = len(people) // 10  # these fill the cache
    for place, pk in enumerate(people):
        if place == first:
            mine, its = time.process_time(), server.cpu_times()
        started = time.perf_counter()
        found = selectors.get_picks(Looker(pk), "us", limit=24)
        took.append((time.perf_counter() - started) * 1000)
        assert len(found.rows) == 24
    now, took = server.cpu_times(), sorted(took[first:])
    mine = (time.process_time() - mine) * 1000 / len(took)
    its = (now.user + now.system - its.user - its.system) * 1000 / len(took)
    print(
        f"{name}: p50 {took[len(took) // 2]:.1f} ms, p99 {took[int(len(took) * 0.99)]:.1f} ms for 24 things; ", end=""
    )
    print(f"processor {mine:.1f} ms here, {its:.1f} ms of PostgreSQL (load {os.getloadavg()[0]:.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=2000)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.chmod(0o755)
    try:
        pages.start_django(home)
        pages.fill(pages.CATALOGUE if pages.CATALOGUE.exists() else None)
        people = look_around(options.people)
        from django.core.management import call_command

        from recommender import services

        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute("ANALYZE")  # as PostgreSQL does by itself after a while
        services.count_exposure()
        started = time.perf_counter()
        call_command("make_neighbors")
        print(f"table made in {time.perf_counter() - started:.1f} s")
        ask("the first list of each", people[:ASKED])
        ask("the next one", people[:ASKED])
        from django.conf import settings

        settings.CACHES["default"]["LOCATION"] = "redis://127.0.0.1:1/0"
        from django.core.cache import caches

        del caches["default"]
        ask("Redis gone", people[:ASKED])
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
