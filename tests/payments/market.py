"""Steps that many tests of money take. Each call has a key of its own unless it is given one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from payments import services as payments
from payments.machine import State

if TYPE_CHECKING:
    from accounts.models import User
    from payments.models import MoneyRequest, PaymentAttempt
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


def pay(request: MoneyRequest) -> MoneyRequest:
    return payments.pay_from_wallet(request=request, by=request.buyer, version=request.version, key=key())


def bring_to(request: MoneyRequest, state: str) -> MoneyRequest:
    """Moves a payable request through the services until it is in ``state``."""
    seller, buyer = owner(request.channel), request.buyer
    if state in (State.REQUESTED, State.DRAFT):
        return request
    if state == State.CANCELLED:
        return payments.cancel_request(request=request, by=seller, key=key())
    if state == State.DECLINED:
        return payments.decline_request(request=request, by=buyer, key=key())
    request = pay(request)
    if state == State.HELD:
        return request
    if state in (State.REFUND_REQUESTED, State.DISPUTED, State.SPLIT):
        payments.ask_refund(request=request, by=buyer, reason="damaged", text="Broken", key=key())
        if state == State.REFUND_REQUESTED:
            return _fresh(request)
        payments.escalate(request=request, by=buyer, key=key())
        return _fresh(request)
    request = payments.ship_request(request=request, by=seller, tracking="1Z", key=key())
    if state == State.SHIPPED:
        return request
    if state == State.DELIVERED:
        return payments.confirm_delivery(request=request, by=buyer, key=key())
    if state == State.RELEASED:
        return payments.release_request(request=request, by=buyer, key=key())
    return payments.refund_request_in_full(request=request, by=seller, key=key())


def _fresh(request: MoneyRequest) -> MoneyRequest:
    return type(request).objects.get(pk=request.pk)
