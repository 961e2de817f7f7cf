#!/usr/bin/env python3
"""Workers are killed and the database crashes while money moves: what was acknowledged is there, and is there once.

`make bench-chaos`, or `.venv/bin/python -m bench.chaos [--seconds 60] [--kills 200] [--crashes 4] [--workers 4]`.
Starts its own durable PostgreSQL. Workers (bench.lives) take requests through payments.services with idempotency keys;
SIGKILL takes random ones, `pg_ctl restart -m immediate` the database; both come back and go on. In the end the
workers' logs, the transitions, what waits to be told of them, every balance and the reconciliation must agree, or it exits 1.

`--control` has commits answered before they are on the disk: a run that loses nothing then is blind, and exits 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.money import make_people, start_django

PURSE, BUYERS, CHANNELS = 10**9, 24, 8
FORK = multiprocessing.get_context("fork")  # a killed worker is back at once


class Board:
    """What workers and killer share."""

    def __init__(self, workers: int) -> None:
        self.over = FORK.RawValue("b", 0)
        self.busy = FORK.RawArray("b", workers)
        self.refused = FORK.RawArray("i", workers)


@dataclass
class Result:
    """What was done to them, and what became of the money; ``astray`` in minor units."""

    kills: int = 0
    cut: int = 0  # killed with a step under way
    crashes: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unheard: int = 0  # there, though nobody got an answer
    untold: int = 0  # moved, and no worker will ever tell anybody
    refused: int = 0
    astray: int = 0
    drift: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        counts = self.lost, self.doubled, self.unheard, self.untold, self.refused, self.astray, self.drift
        return not any(counts) and not self.faults


class Crew:
    """The workers, and who kills them."""

    def __init__(self, home: Path, count: int, market: Any) -> None:
        self.home, self.market, self.board = home, market, Board(count)
        self.workers = [self._start(number) for number in range(count)]
        self.result = Result()

    def log(self, number: int) -> Path:
        return self.home / f"acknowledged-{number}.log"

    def _start(self, number: int) -> Any:
        from django.db import connections

        connections.close_all()
        self.board.busy[number] = 0
        process = FORK.Process(target=self._work, args=(number,))
        process.start()
        return process

    def _work(self, number: int) -> None:
        from bench.lives import Log, work

        work(number, Log(self.log(number)), self.market, self.board)

    def kill_one(self) -> None:
        number = random.randrange(len(self.workers))
        victim = self.workers[number]
        if not victim.is_alive():
            self.result.faults.append(f"worker {number} died by itself")
        victim.kill()
        victim.join()
        self.result.kills += 1
        self.result.cut += self.board.busy[number]
        self.workers[number] = self._start(number)

    def finish(self, seconds: float = 120) -> None:
        """Lets every request come to its end."""
        self.board.over.value = 1
        for number, process in enumerate(self.workers):
            process.join(seconds)
            if process.exitcode != 0:
                self.result.faults.append(f"worker {number} did not finish: {process.exitcode}")
                process.kill()
        self.result.refused = sum(self.board.refused)

    def acknowledged(self) -> list[tuple[str, int]]:
        from bench.lives import Log

        return [line for number in range(len(self.workers)) for line in Log(self.log(number)).lines]


def crash(home: Path) -> None:
    """The server's processes stop where they are; what was not on the disk is gone. It comes back as it was started."""
    from core.embedded import Postgres

    server = Postgres(home)
    whom: dict[str, Any] = (
        {"user": server.user.pw_uid, "group": server.user.pw_gid, "extra_groups": []} if server.user else {}
    )
    subprocess.run(
        [str(server.install / "bin/pg_ctl"), "restart", "-w", "-m", "immediate", "-D", str(server.data), "-l", str(server.log)],
        cwd="/", env={"LC_ALL": "C.UTF-8"}, check=True, timeout=120, **whom,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def recoveries(home: Path) -> int:
    """How often the database says that it came back from a crash."""
    from core.embedded import Postgres

    return Postgres(home).log.read_text().count("was not properly shut down")


def disturb(crew: Crew, home: Path, *, seconds: float, kills: int, crashes: int) -> None:
    """Kills and crashes at their moments; each worker has at least a breath between two kills."""
    began = time.monotonic()
    moments = [(random.uniform(0, seconds), False) for _ in range(kills)]
    moments += [(seconds * (number + 1) / (crashes + 1), True) for number in range(crashes)]
    for moment, is_crash in sorted(moments):
        time.sleep(max(0.05, began + moment - time.monotonic()))
        if is_crash:
            crash(home)
            crew.result.crashes += 1
        else:
            crew.kill_one()
    time.sleep(max(0, began + seconds - time.monotonic()))


def judge(result: Result, acknowledged: list[tuple[str, int]], market: Any) -> None:
    """Compares the logs with what is in the database."""
    from django.db import connection

    from core.models import OutboxMessage
    from payments import services as payments
    from payments.models import Effect, RequestTransition

    connection.close()
    there = list(RequestTransition.objects.exclude(key="").values_list("key", "request_id"))
    effects = set(Effect.objects.values_list("key", flat=True))
    known, heard = set(there), {key for key, _pk in acknowledged}
    times = Counter(key for key, _pk in there)
    result.acknowledged = len(acknowledged)
    result.lost = sum(line not in known or line[0] not in effects for line in acknowledged)
    result.doubled = sum(count - 1 for count in times.values()) + len(acknowledged) - len(heard)
    result.unheard = len((times.keys() | effects) - heard)
    promised = set(OutboxMessage.objects.filter(topic="payments.transition").values_list("key", flat=True))
    result.untold = len(set(map(str, RequestTransition.objects.values_list("pk", flat=True))) - promised)
    result.astray = money_astray(heard, market)
    result.drift = len(payments.reconcile().drifts)


def money_astray(heard: set[str], market: Any) -> int:
    """By how much all balances together differ from what the acknowledged steps add up to."""
    from bench.lives import AMOUNT, Life
    from payments import selectors
    from payments.fees import fee_of
    from payments.models import Account, MoneyRequest

    rate = MoneyRequest.objects.values_list("fee_basis_points", flat=True)[0]
    fee, wallets, earned = fee_of(AMOUNT, rate), Counter({buyer.pk: PURSE for buyer in market.buyers}), Counter[int]()
    for life, verb in map(Life.of, heard):
        buyer = market.buyer(life).pk
        wallets[buyer] += {"pay": -AMOUNT, "refund": AMOUNT, "accept_refund": AMOUNT}.get(verb, 0)
        if verb == "release":
            earned[market.channels[market.place(life)].pk] += AMOUNT - fee
    fees = sum(earned.values()) // (AMOUNT - fee) * fee
    of_people = dict(Account.objects.filter(kind="wallet").values_list("person", "balance_minor"))
    of_channels = dict(Account.objects.filter(kind="seller_payable").values_list("channel", "balance_minor"))
    return (
        sum(abs(of_people.get(pk, 0) - wallets[pk]) for pk in of_people.keys() | wallets)
        + sum(abs(of_channels.get(pk, 0) - earned[pk]) for pk in of_channels.keys() | earned)
        + abs(selectors.get_platform_balance("fee_income", "USD") - fees)
        + abs(selectors.get_platform_balance("escrow", "USD"))
    )


def answer_early() -> None:
    """From now on the database answers a commit before it is on the disk."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off")


def run(home: Path, options: argparse.Namespace) -> Result:
    start_django(home)
    from bench.lives import Market

    if options.control:
        answer_early()
    buyers, channels = make_people(purse=PURSE, people=BUYERS, shops=CHANNELS)
    market = Market(buyers, channels, [channel.members.get().person for channel in channels])
    began, before = time.monotonic(), recoveries(home)
    crew = Crew(home, options.workers, market)
    try:
        disturb(crew, home, seconds=options.seconds, kills=options.kills, crashes=options.crashes)
    finally:
        crew.finish()
    result = crew.result
    if recoveries(home) - before != result.crashes:
        result.faults.append("the database did not crash as often as it should")
    result.seconds = round(time.monotonic() - began, 1)
    judge(result, crew.acknowledged(), market)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--crashes", type=int, default=4)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--control", action="store_true", help="a database that forgets: must lose")
    options = parser.parse_args()
    from core import embedded

    home = Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.chmod(0o755)  # PostgreSQL may run as another user
    try:
        result = run(home, options)
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
    for name, value in asdict(result).items():
        print(f"{name:13}{value}")
    print(f"load average {os.getloadavg()[0]:.1f}; goal: 0 lost or doubled in >= 200 kills and >= 4 crashes")
    return int(result.lost == 0) if options.control else int(not result.is_whole)


if __name__ == "__main__":
    sys.exit(main())
