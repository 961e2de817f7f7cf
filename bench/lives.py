"""Money requests lived through by workers that may be killed at any moment; for bench.chaos.

A worker goes on where its log of acknowledgements ends: with the same key it asks again for whatever it has no answer
to. A line is written, and on the disk, only after the service returned: after the commit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from payments import services as payments

AMOUNT = 100_00
PATHS = (
    ("request", "pay", "ship", "release"),
    ("request", "pay", "ship", "ask_refund", "accept_refund"),
    ("request", "pay", "refund"),
)


@dataclass(frozen=True)
class Life:
    """One request from asking to its end. ``market`` is told by the two numbers: every try says the same words."""

    worker: int
    number: int

    @property
    def path(self) -> tuple[str, ...]:
        return PATHS[self.number % len(PATHS)]

    def key(self, verb: str) -> str:
        return f"{self.worker}-{self.number}-{verb}"

    @classmethod
    def of(cls, key: str) -> tuple[Life, str]:
        """Whose key it is, and for which verb."""
        worker, number, verb = key.split("-")
        return cls(int(worker), int(number)), verb


@dataclass(frozen=True)
class Market:
    """Buyers with full wallets, channels, and the owner of each channel."""

    buyers: list[Any]
    channels: list[Any]
    owners: list[Any]

    def buyer(self, life: Life) -> Any:
        return self.buyers[(7 * life.worker + life.number) % len(self.buyers)]

    def place(self, life: Life) -> int:
        """Which channel sells."""
        return life.number % len(self.channels)


class Log:
    """The acknowledgements one worker has got: a line ``key request`` each."""

    def __init__(self, path: Path) -> None:
        known = path.read_bytes() if path.exists() else b""
        whole = known[: known.rfind(b"\n") + 1]  # a line that was cut off was never acknowledged
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, len(whole))
        self.lines = [(key, int(pk)) for key, pk in (line.split() for line in whole.decode().splitlines())]

    def note(self, key: str, request: int) -> None:
        os.write(self._file, f"{key} {request}\n".encode())
        os.fdatasync(self._file)


def insist(ask: Callable[[], Any]) -> Any:
    """Asks until there is an answer, as one must whose connection broke: who knows what came of it."""
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            with suppress(DatabaseError, InterfaceError):
                connection.close()
            time.sleep(0.05)


def take(verb: str, life: Life, market: Market, request: Any) -> Any:
    """One step through the services; returns the request."""
    buyer, owner, channel = market.buyer(life), market.owners[market.place(life)], market.channels[market.place(life)]
    line = payments.Line("Pot", AMOUNT)
    key = life.key(verb)
    acts: dict[str, Callable[[], Any]] = {
        "request": lambda: payments.request_money(channel=channel, buyer=buyer, by=owner, lines=[line], key=key),
        "pay": lambda: payments.pay_from_wallet(request=request, by=buyer, version=1, key=key),
        "ship": lambda: payments.ship_request(request=request, by=owner, tracking="1Z", key=key),
        "release": lambda: payments.release_request(request=request, by=buyer, key=key),
        "refund": lambda: payments.refund_request_in_full(request=request, by=owner, key=key),
        "ask_refund": lambda: payments.ask_refund(request=request, by=buyer, reason="damaged", key=key).request,
        "accept_refund": lambda: payments.accept_refund(request=request, by=owner, key=key),
    }
    return acts[verb]()


def steps(lines: list[tuple[str, int]], worker: int) -> Iterator[tuple[Life, str, int | None]]:
    """What is to be done after ``lines``, without end: the life, the verb, the request if this process does not know it."""
    life, verb = Life.of(lines[-1][0]) if lines else (Life(worker, 0), "")
    left = life.path[life.path.index(verb) + 1 :] if verb else life.path
    known = lines[-1][1] if lines else None
    while True:
        for each in left:
            yield life, each, known
            known = None
        life = Life(worker, life.number + 1)
        left, known = life.path, None


def work(worker: int, log: Log, market: Market, board: Any) -> None:
    """Lives one request after the other until ``board.over``, then ends with the one it is at.

    ``board``: arrays that the killer reads, by worker: ``busy`` while a step has no acknowledgement, ``refused``.
    """
    from payments.models import MoneyRequest

    request: Any = None
    skip: Life | None = None
    for life, verb, known in steps(log.lines, worker):
        if verb == life.path[0] and board.over.value:
            return
        if life == skip:
            continue
        board.busy[worker] = 1
        try:
            if known:
                request = insist(lambda known=known: MoneyRequest.objects.get(pk=known))  # type: ignore[misc]
            request = insist(lambda life=life, verb=verb, request=request: take(verb, life, market, request))  # type: ignore[misc]
        except (payments.Refused, ObjectDoesNotExist, DatabaseError):  # its past is not what it was told
            board.refused[worker] += 1
            skip = life
        else:
            log.note(life.key(verb), request.pk)
        board.busy[worker] = 0
