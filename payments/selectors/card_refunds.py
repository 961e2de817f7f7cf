"""What of a person's payments can go back to the card it came from."""

from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from payments.machine import AttemptState, RefundState
from payments.models import Entry, PaymentAttempt, Refund

MOST = 50


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A payment that arrived, what of it was asked back so far (newest first), and what may still go back at most."""

    attempt: PaymentAttempt
    refunds: list[Refund]
    left_minor: int


def get_card_payments(person: User, currency: str) -> list[CardPayment]:
    """The person's newest payments in a currency; two queries more however many there are. Taken back ones are out."""
    refunds = Prefetch("refunds", queryset=Refund.objects.order_by("-pk"))
    paid = PaymentAttempt.objects.filter(person=person.pk, currency=currency, state=AttemptState.VERIFIED)
    attempts = list(paid.select_related("request").prefetch_related(refunds).order_by("-pk")[:MOST])
    keys = [f"attempt:{attempt.pk}:charged_back" for attempt in attempts]
    lost = set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
    return [_of(attempt) for attempt, key in zip(attempts, keys, strict=True) if key not in lost]


def find_card_payment(person: User, token: str) -> CardPayment | None:
    """One of them."""
    attempt = PaymentAttempt.objects.filter(person=person.pk, token=token).first()
    found = get_card_payments(person, attempt.currency) if attempt else []
    return next((payment for payment in found if payment.attempt.token == token), None)


def _of(attempt: PaymentAttempt) -> CardPayment:
    refunds = list(attempt.refunds.all())
    gone = sum(refund.amount_minor for refund in refunds if refund.state != RefundState.FAILED)
    return CardPayment(attempt, refunds, attempt.amount_minor - gone)
