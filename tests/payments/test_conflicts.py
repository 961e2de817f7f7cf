"""What the database refuses because two were at it at once is done again: real deadlocks, real serialization failures."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from core.models import RateLimit
from payments.services.verbs import TRIES, again_on_conflict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _counters() -> None:
    """Two rows that two may want at once."""
    RateLimit.objects.bulk_create(RateLimit(key=key, window_ends_at=timezone.now(), taken=0) for key in ("a", "b"))


def count(key: str) -> None:
    RateLimit.objects.filter(key=key).update(taken=F("taken") + 1)


def counted() -> dict[str, int]:
    return dict(RateLimit.objects.values_list("key", "taken"))


def elsewhere(work: Callable[[], object]) -> None:
    """Does it on another connection."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def test_of_two_in_a_deadlock_both_come_through():
    both_hold_one = threading.Barrier(2, timeout=20)
    tries: Counter[str] = Counter()

    def count_both(first: str, second: str) -> None:
        def work() -> None:
            tries[first] += 1
            with transaction.atomic():
                count(first)
                if tries[first] == 1:
                    both_hold_one.wait()
                count(second)

        try:
            again_on_conflict(work)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(count_both, "a", "b"), pool.submit(count_both, "b", "a")]:
            done.result()
    assert sorted(tries.values()) == [1, 2]  # the database ended one of them once
    assert counted() == {"a": 2, "b": 2}


@pytest.fixture
def _in_snapshots() -> Iterator[None]:
    """Transactions of this connection see the database as it was at their start, and may not write over newer rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_isolation = 'repeatable read'")
        yield
        cursor.execute("RESET default_transaction_isolation")


class Overtaken:
    """Counts ``a`` in a snapshot that somebody else makes old, on its first ``times`` tries."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.tries = 0

    def __call__(self) -> str:
        self.tries += 1
        with transaction.atomic():
            counted()
            if self.tries <= self.times:
                elsewhere(lambda: count("a"))
            count("a")
        return "done"


@pytest.mark.usefixtures("_in_snapshots")
@pytest.mark.parametrize("times", range(TRIES))
def test_who_was_overtaken_tries_again(times: int):
    work = Overtaken(times)
    assert again_on_conflict(work) == "done"
    assert (work.tries, counted()["a"]) == (times + 1, times + 1)


@pytest.mark.usefixtures("_in_snapshots")
def test_who_is_overtaken_each_time_gives_up():
    work = Overtaken(TRIES)
    with pytest.raises(OperationalError, match="could not serialize"):
        again_on_conflict(work)
    assert (work.tries, counted()["a"]) == (TRIES, TRIES)  # each by somebody else


@pytest.mark.usefixtures("_in_snapshots")
def test_inside_a_transaction_there_is_one_try():
    """Its outer transaction is lost already; whoever began it may try again."""
    work = Overtaken(1)
    with pytest.raises(OperationalError, match="could not serialize"), transaction.atomic():
        again_on_conflict(work)
    assert work.tries == 1


def test_other_failures_are_not_tried_again():
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(10)")

    with pytest.raises(OperationalError, match="statement timeout"):
        again_on_conflict(work)
    assert len(tries) == 1
