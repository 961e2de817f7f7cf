"""What happens at the sandbox's counter. Exceptions carry the word its API answers with."""

import datetime as dt
import json
import logging
from collections.abc import Collection
from functools import partial
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from payments.providers import http
from payments.providers.base import REVERSED, ProviderAway
from payments.providers.sandbox import SIGNATURE, UNKNOWN, sign
from payments.sandbox.models import SandboxPayment, SandboxRefund

logger = logging.getLogger(__name__)
Fault = SandboxPayment.Fault
State = SandboxPayment.State
REVERSAL = dt.timedelta(minutes=15)
HANGS = 2


class Refused(Exception):
    """The sandbox does not do that; the message is one word."""


class NoSuchPayment(Refused):
    def __init__(self) -> None:
        super().__init__(UNKNOWN)


@transaction.atomic
def open_payment(
    *, reference: str, amount_minor: int, currency: str, description: str, return_url: str, notify_url: str
) -> SandboxPayment:
    """The payment of that reference; raises Refused if it is there with another amount or currency."""
    asked = {"amount_minor": amount_minor, "currency": currency}
    payment, _is_new = SandboxPayment.objects.get_or_create(
        reference=reference,
        defaults=asked | {"description": description[:255], "return_url": return_url, "notify_url": notify_url},
    )
    if (payment.amount_minor, payment.currency) != (amount_minor, currency):
        raise Refused("conflict")
    return payment


@transaction.atomic
def decide(*, payment: SandboxPayment, pays: bool, faults: Collection[str]) -> SandboxPayment:
    """The buyer pays or declines, once: a second decision changes nothing. Sends notices after commit."""
    payment = SandboxPayment.objects.select_for_update().get(pk=payment.pk)
    if payment.state != State.OPEN:
        return payment
    now = timezone.now()
    payment.state, payment.decided_at, payment.faults = State.PAID if pays else State.DECLINED, now, list(faults)
    if pays:
        is_wrong = Fault.WRONG_AMOUNT in faults
        payment.charged_minor = payment.amount_minor // 10 if is_wrong else payment.amount_minor
        payment.reverses_at = now + REVERSAL if Fault.REVERSED in faults else None
    payment.hangs_left = HANGS if Fault.VERIFY_TIMEOUT in faults else 0
    payment.save()
    transaction.on_commit(partial(_send_notices, payment))
    return payment


@transaction.atomic
def refund(*, token: str, amount_minor: int, key: str) -> SandboxRefund:
    """Sends back a part of what was charged; the same key answers the same. Raises Refused."""
    payment = SandboxPayment.objects.select_for_update().filter(token=token).first()
    if payment is None:
        raise NoSuchPayment
    if before := SandboxRefund.objects.filter(key=key).first():
        if (before.payment_id, before.amount_minor) != (payment.pk, amount_minor):
            raise Refused("conflict")
        return before
    refunded = payment.refunds.aggregate(total=Sum("amount_minor", default=0))["total"]
    if payment.is_reversed() or not 0 < amount_minor <= payment.charged_minor - refunded:
        raise Refused("amount")
    return SandboxRefund.objects.create(payment=payment, key=key, amount_minor=amount_minor)


def hangs(payment: SandboxPayment) -> bool:
    """Whether this question stays without an answer; counts it."""
    return bool(SandboxPayment.objects.filter(pk=payment.pk, hangs_left__gt=0).update(hangs_left=F("hangs_left") - 1))


def address_after(payment: SandboxPayment) -> str:
    """Where the buyer goes with what claims to be the result; proves nothing, as anywhere."""
    said = {"reference": payment.reference, "status": "OK" if payment.state == State.PAID else "NOK"}
    return f"{payment.return_url}{'&' if '?' in payment.return_url else '?'}{urlencode(said)}"


def _send_notices(payment: SandboxPayment) -> None:
    """From server to server, while the buyer still waits; the same notice twice has the same number."""
    times = 2 if Fault.DOUBLE_CALLBACK in payment.faults else int(Fault.CALLBACK_FIRST in payment.faults)
    for _time in range(times if payment.notify_url else 0):
        _send_notice(payment, payment.state)


def _send_notice(payment: SandboxPayment, kind: str) -> bool:
    """Whether it was taken."""
    event = {"event_id": f"{payment.token}-{kind}", "kind": kind, "reference": payment.reference}
    body = json.dumps(event).encode()
    try:
        reply = http.send("POST", payment.notify_url, headers={SIGNATURE: sign(body)}, data=body)
    except ProviderAway as away:
        logger.warning("Notice of sandbox payment %s: %s", payment.reference, away)
        return False
    return 200 <= reply.status < 300


def tell_reversals(*, limit: int = 100) -> int:
    """Gives notice of money that was taken back, as a bank does long after the buyer left; returns how many were told.

    A notice that nobody takes goes out again at the next sweep. No row is locked meanwhile: one sent twice has the same
    number, so whoever hears it does nothing twice.
    """
    due = SandboxPayment.objects.filter(reverses_at__lte=timezone.now(), reversal_told_at=None).exclude(notify_url="")
    told = 0
    for payment in due.order_by("reverses_at", "pk")[:limit]:
        if _send_notice(payment, REVERSED):
            told += SandboxPayment.objects.filter(pk=payment.pk).update(reversal_told_at=timezone.now())
    return told
