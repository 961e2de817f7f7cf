"""Speaking with providers about attempts and refunds. Calls take seconds: none is made while rows are locked."""

import logging

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from payments import providers
from payments.machine import AttemptState, RefundState
from payments.models import PaymentAttempt, Refund
from payments.providers import Order, RefundOutcome, Verdict
from payments.providers.base import REVERSED
from payments.services.card_refunds import settle_refund
from payments.services.charging_back import charge_back
from payments.services.errors import NotAllowed
from payments.services.paying import Outcome, redirect_attempt, settle_attempt

logger = logging.getLogger(__name__)
_REFUND_STATES = {
    RefundOutcome.DONE: RefundState.DONE,
    RefundOutcome.PENDING: RefundState.TRANSIT,
    RefundOutcome.FAILED: RefundState.FAILED,
}


def order_of(attempt: PaymentAttempt) -> Order:
    """The attempt as a provider knows it; its token is the reference."""
    person, request = attempt.person, attempt.request
    return Order(
        reference=attempt.token,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        description=request.title if request else _("Money into your wallet"),
        return_url=settings.SITE_URL + reverse("payments:attempt_return", args=[attempt.token]),
        notify_url=settings.SITE_URL + reverse("webhooks:notice", args=[attempt.provider]),
        language=person.language,
        payer_email=person.email or "",
        payer_phone=person.phone or "",
    )


def open_attempt(attempt: PaymentAttempt) -> PaymentAttempt:
    """Tells the provider of a new attempt and keeps where the buyer is to go; still ``created`` if it is away.

    May be called again. A provider that refuses ends the attempt.
    """
    try:
        started = providers.get_provider(attempt.provider).create(order_of(attempt))
        return redirect_attempt(
            attempt=attempt, redirect_url=started.redirect_url, provider_reference=started.provider_reference
        )
    except providers.ProviderAway as away:
        logger.warning("Attempt %s was not opened: %s", attempt.pk, away)
    except (providers.ProviderRefused, providers.UnknownProvider) as refusal:
        return settle_attempt(attempt=attempt, outcome=Outcome("failed", detail=str(refusal)))
    except NotAllowed:  # opened by a second click meanwhile
        attempt.refresh_from_db()
    return attempt


def ask_provider(attempt: PaymentAttempt) -> Verdict | Outcome:
    """How an attempt stands at its provider."""
    if not attempt.provider_reference:
        return Outcome("unknown", detail="the provider does not know it")
    try:
        provider = providers.get_provider(attempt.provider)
    except providers.UnknownProvider:
        return Outcome("unknown", detail="this provider is not offered any more")
    ask = provider.status if attempt.state == AttemptState.REDIRECTED else provider.verify
    return ask(order_of(attempt), attempt.provider_reference)


def check_attempt(attempt: PaymentAttempt) -> PaymentAttempt:
    """Asks about an open attempt and writes down what is said; one that is settled stays as it is."""
    return settle_attempt(attempt=attempt, outcome=ask_provider(attempt)) if attempt.is_open() else attempt


def hear_notice(*, provider: str, reference: str) -> None:
    """A provider has something to say about one of its attempts: it is asked, whatever the notice claimed.

    Raises ProviderAway if it says nothing of one that was paid, which no sweeper asks about: it shall come again.
    """
    attempt = PaymentAttempt.objects.filter(provider=provider, token=reference).first()
    if attempt is None:
        logger.warning("%s gave notice of an attempt we do not have.", provider)
        return
    verdict = ask_provider(attempt)
    if attempt.state == AttemptState.VERIFIED:
        if verdict.outcome == "unknown":
            raise providers.ProviderAway(verdict.detail)
        if verdict.detail == REVERSED:
            charge_back(attempt=attempt, reason=verdict.detail)
    elif not (attempt.state == AttemptState.REDIRECTED and verdict.outcome == "unknown"):  # she may still be there
        settle_attempt(attempt=attempt, outcome=verdict)


def sweep_refunds(*, limit: int = 100) -> int:
    """Hands refunds to their providers and asks about those under way; returns how many were settled.

    Each gets its turn, however many wait: those that were asked about longest ago come first.
    """
    open_ones = Refund.objects.filter(state__in=[RefundState.CREATED, RefundState.TRANSIT])
    turns = open_ones.select_related("attempt__person", "attempt__request")
    settled = 0
    for refund in turns.order_by(F("asked_at").asc(nulls_first=True), "pk")[:limit]:
        Refund.objects.filter(pk=refund.pk).update(asked_at=timezone.now())
        attempt = refund.attempt
        try:
            provider = providers.get_provider(attempt.provider)
        except providers.UnknownProvider:
            continue
        key = f"refund-{refund.pk}"
        result = provider.refund(order_of(attempt), attempt.provider_reference, refund.amount_minor, key)
        if state := _REFUND_STATES.get(result.outcome):
            settle_refund(
                refund=refund, state=state, provider_reference=result.provider_reference, detail=result.detail
            )
            settled += state != RefundState.TRANSIT
    return settled
