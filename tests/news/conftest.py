"""Kinds of news that only tests know, and a way to tell."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from core import outbox

_numbers = count(1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch) -> None:
    from news import kinds

    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(
        kinds.Kind("paid", kinds.Group.MONEY, "{buyer} paid {amount}", "For {n} things, due {due_at}", "shield-check"),
        kinds.Kind("held", kinds.Group.MONEY, "Money is held", urgent=True),
        kinds.Kind("asked", kinds.Group.MESSAGES, "{buyer} asked"),
        kinds.Kind("seen", kinds.Group.MESSAGES, "{buyer} saw it", ways=()),
    )


@pytest.fixture
def tell(shopper) -> Callable[..., None]:
    """``tell("asked")``: the shopper (or ``person=``) is told, with a key of its own."""
    from news import services as news

    def tell(kind: str = "asked", **fields: Any) -> None:
        news.notify(
            **{
                "person": shopper,
                "kind": kind,
                "params": {
                    "buyer": "Ali",
                    "amount": {"minor": 4150, "currency": "USD"},
                    "n": 3,
                    "due_at": "2026-03-20T20:30:00+00:00",
                },
                "url": "/saved/",
                "key": f"key-{next(_numbers)}",
            }
            | fields
        )

    return tell


def waiting() -> list[str]:
    """Topics of the outbox's messages, in their order."""
    from core.models import OutboxMessage

    return [message.topic for message in OutboxMessage.objects.filter(state="waiting").order_by("pk")]


def deliver() -> int:
    return outbox.deliver_due()
