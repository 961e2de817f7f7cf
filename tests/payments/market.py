"""Steps that many tests of money take. Each call has a key of its own unless it is given one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from payments import selectors
from payments import services as payments
from payments.machine import State
from payments.models import Coupon, Dispute, MoneyRequest
from tests.factories import make_user

if TYPE_CHECKING:
    from accounts.models import User
    from payments.models import PaymentAttempt
    from sellers.models import Channel

_numbers = count(1)


def key() -> str:
    return f"test-{next(_numbers)}"


def fill_wallet(person: User, amount_minor: int, currency: str = "USD") -> PaymentAttempt:
    """A top-up that the sandbox verified."""
    attempt = payments.start_top_up(
        person=person, amount_minor=amount_minor, currency=currency, provider="sandbox", key=key()
    )
    return payments.settle_attempt(attempt=attempt, outcome=paid(attempt))


def paid(attempt: PaymentAttempt) -> payments.Outcome:
    return payments.Outcome("paid", attempt.amount_minor, attempt.currency)


def owner(channel: Channel) -> User:
    return channel.members.get(role="owner").person


def ask(channel: Channel, buyer: User, amount_minor: int = 100_00, **more: Any) -> MoneyRequest:
    """The channel's owner asks the buyer to pay."""
    lines = more.pop("lines", [payments.Line("A clay pot", amount_minor)])
    return payments.request_money(channel=channel, buyer=buyer, by=owner(channel), lines=lines, **{"key": key()} | more)


def make_coupon(channel: Channel, **terms: Any) -> Coupon:
    """A tenth off, for everybody once."""
    given = {"code": "SPRING", "kind": "percent", "percent": 10} | terms
    return payments.make_coupon(channel=channel, by=owner(channel), **given)


def pay(request: MoneyRequest) -> MoneyRequest:
    return payments.pay_from_wallet(request=request, by=request.buyer, version=request.version, key=key())


def pay_by_card(request: MoneyRequest) -> PaymentAttempt:
    """Through the sandbox, which verified it."""
    attempt = payments.start_attempt(
        request=request, by=request.buyer, version=request.version, provider="sandbox", key=key()
    )
    return payments.settle_attempt(attempt=attempt, outcome=paid(attempt))


def dispute_of(request: MoneyRequest | int) -> Any:
    return Dispute.objects.get(request=request)


def run_out(request: MoneyRequest) -> MoneyRequest:
    """The request's time is over and the sweeper comes by."""
    MoneyRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() - dt.timedelta(seconds=1))
    payments.run_due()
    return fresh(request)


STEPS: dict[str, Callable[[MoneyRequest], object]] = {
    "pay": pay,
    "pay_by_card": pay_by_card,
    "charge_back": lambda r: payments.charge_back(attempt=r.attempts.get(pays_request=True)),
    "cancel": lambda r: payments.cancel_request(request=r, by=owner(r.channel), key=key()),
    "decline": lambda r: payments.decline_request(request=r, by=r.buyer, key=key()),
    "ship": lambda r: payments.ship_request(request=r, by=owner(r.channel), tracking="1Z", key=key()),
    "confirm": lambda r: payments.confirm_delivery(request=r, by=r.buyer, key=key()),
    "release": lambda r: payments.release_request(request=r, by=r.buyer, key=key()),
    "refund": lambda r: payments.refund_request_in_full(request=r, by=owner(r.channel), key=key()),
    "ask_refund": lambda r: payments.ask_refund(request=r, by=r.buyer, reason="damaged", text="Broken", key=key()),
    "escalate": lambda r: payments.escalate(request=r, by=r.buyer, reason="No", key=key()),
    "split": lambda r: payments.propose_decision(
        dispute=dispute_of(r), by=judge(), decision="split", to_buyer_minor=40_00, reason="Half of it", key=key()
    ),
    "expire": run_out,
}
PATHS = {
    State.REQUESTED: "",
    State.CANCELLED: "cancel",
    State.DECLINED: "decline",
    State.EXPIRED: "expire",
    State.HELD: "pay",
    State.SHIPPED: "pay ship",
    State.DELIVERED: "pay ship confirm",
    State.RELEASED: "pay ship release",
    State.REFUNDED: "pay refund",
    State.REFUND_REQUESTED: "pay ship ask_refund",
    State.DISPUTED: "pay ship ask_refund escalate",
    State.SPLIT: "pay ship ask_refund escalate split",
    State.CHARGED_BACK: "pay_by_card ship charge_back",
}


def bring_to(request: MoneyRequest, state: str) -> MoneyRequest:
    """Moves a payable request through the services until it is in ``state``."""
    for step in PATHS[State(state)].split():
        STEPS[step](request)
        request = fresh(request)
    return request


def ask_in(channel: Channel, buyer: User, state: str) -> MoneyRequest:
    """A request in any state of the machine: one that is not sent is begun that way."""
    if state == State.DRAFT:
        return ask(channel, buyer, as_draft=True)
    return bring_to(ask(channel, buyer), state)


def judge() -> User:
    """Somebody of staff who is no party."""
    return make_user(is_staff=True)


def fresh(row: Any) -> Any:
    """The row as the database has it."""
    return type(row).objects.get(pk=row.pk)


def check_now() -> None:
    """Runs what the database would check at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def money(request: MoneyRequest) -> tuple[int, int, int, int]:
    """The buyer's wallet, escrow, the seller's balance, fees: after all checks of a commit."""
    check_now()
    return (
        selectors.get_wallet_balance(request.buyer, request.currency),
        selectors.get_platform_balance("escrow", request.currency),
        selectors.get_payable_balance(request.channel),
        selectors.get_platform_balance("fee_income", request.currency),
    )
