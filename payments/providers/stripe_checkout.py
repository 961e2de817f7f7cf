"""Stripe Checkout: a page at Stripe, asked about afterwards. Needs the `stripe` library (requirements-stripe.txt)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.money import DECIMALS
from payments.providers import http
from payments.providers.base import (
    REVERSED,
    Order,
    ProviderAway,
    ProviderRefused,
    RefundOutcome,
    RefundResult,
    Started,
    Verdict,
    failed,
    judge,
    unknown,
)

logger = logging.getLogger(__name__)
# Stripe counts these in whole units and all other currencies of ours in hundredths, the New Taiwan dollar too.
ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
LOCALES = {"en": "en", "zh-hant": "zh-TW"}
REFUNDS = {
    "succeeded": RefundOutcome.DONE,
    "pending": RefundOutcome.PENDING,
    "requires_action": RefundOutcome.PENDING,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}


def to_stripe(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe counts them."""
    return amount_minor * _ratio(currency)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's units as ours; -1 for a part of our smallest unit, which no order of ours has."""
    minor, rest = divmod(amount, _ratio(currency))
    return -1 if rest else minor


def _ratio(currency: str) -> int:
    theirs = 0 if currency in ZERO_DECIMAL else 2
    return int(10 ** (theirs - DECIMALS.get(currency, theirs)))


class Transport(stripe.HTTPClient):
    """Stripe's library over our own rules: no second try, no redirects, limits on time and size."""

    name = "bisat"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            reply = http.send(method.upper(), url, headers=headers or {}, data=post_data)
        except ProviderAway as away:
            raise stripe.APIConnectionError(str(away), should_retry=False) from None
        return reply.content.decode(errors="replace"), reply.status, reply.headers

    def close(self) -> None:
        """Nothing is kept open."""


@contextmanager
def _answers(verb: str) -> Iterator[None]:
    """Turns what Stripe's library raises into ProviderAway and ProviderRefused."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        logger.warning("Stripe, %s: %s", verb, error.code)
        raise ProviderRefused(error.code or "invalid request") from None
    except stripe.IdempotencyError:
        raise ProviderRefused("the same key with another body") from None
    except stripe.StripeError as error:
        away = str(error) if isinstance(error, stripe.APIConnectionError) else f"HTTP {error.http_status}"
        logger.warning("Stripe, %s: %s", verb, away)
        raise ProviderAway(away) from None
    except (AttributeError, KeyError, TypeError, ValueError):  # an answer of another shape than documented
        logger.warning("Stripe, %s: not as documented", verb)
        raise ProviderAway("not as documented") from None


class StripeCheckout:
    name = "stripe"
    label = _("Card (Stripe)")
    currencies = frozenset({"USD", "EUR", "TWD"})
    refunds_parts = True

    def __init__(self) -> None:
        self._client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_URL},
            http_client=Transport(),
            max_network_retries=0,
        )

    def create(self, order: Order) -> Started:
        if order.currency not in self.currencies:
            raise ProviderRefused(f"Stripe is not asked for {order.currency}.")
        with _answers("create"):
            session = self._client.v1.checkout.sessions.create(
                params=_session_params(order), options={"idempotency_key": f"pay-{order.reference}"}
            )
            if not session.url:
                raise ProviderAway("no address")
            return Started(session.url, session.id)

    def verify(self, order: Order, provider_reference: str) -> Verdict:
        try:
            with _answers("verify"):
                session: Any = self._client.v1.checkout.sessions.retrieve(
                    provider_reference, params={"expand": ["payment_intent.latest_charge"]}
                )
                return _judge(order, provider_reference, session.to_dict())
        except ProviderAway as away:
            return unknown(order, provider_reference, str(away))
        except ProviderRefused as refused:
            missing = str(refused) == "resource_missing"
            return (failed if missing else unknown)(
                order, provider_reference, "unknown reference" if missing else str(refused)
            )

    def status(self, order: Order, provider_reference: str) -> Verdict:
        return self.verify(order, provider_reference)

    def refund(self, order: Order, provider_reference: str, amount_minor: int, key: str) -> RefundResult:
        """Stripe forgets idempotency keys after a day, so what was refunded under ``key`` is looked for first."""
        try:
            with _answers("refund"):
                session = self._client.v1.checkout.sessions.retrieve(provider_reference)
                payment = session.to_dict().get("payment_intent")
                if not isinstance(payment, str):
                    return RefundResult(RefundOutcome.FAILED, provider_reference, "not paid")
                done = self._refund_under(payment, key) or self._client.v1.refunds.create(
                    params={
                        "payment_intent": payment,
                        "amount": to_stripe(amount_minor, order.currency),
                        "metadata": {"key": key, "reference": order.reference},
                    },
                    options={"idempotency_key": f"refund-{key}"},
                )
                return RefundResult(REFUNDS[str(done.status)], done.id, str(done.status))
        except ProviderAway as away:
            return RefundResult(RefundOutcome.UNKNOWN, provider_reference, str(away))
        except ProviderRefused as refused:
            return RefundResult(RefundOutcome.FAILED, provider_reference, str(refused))

    def reference_of(self, payment_intent: str) -> str:
        """Our reference of a payment that Stripe names; empty if it is not ours. Raises ProviderAway, ProviderRefused."""
        with _answers("look up"):
            found = self._client.v1.payment_intents.retrieve(payment_intent).to_dict()
            return str((found.get("metadata") or {}).get("reference", ""))

    def _refund_under(self, payment: str, key: str) -> Any:
        listed = self._client.v1.refunds.list(params={"payment_intent": payment, "limit": 100})
        return next((one for one in listed.data if (one.to_dict().get("metadata") or {}).get("key") == key), None)


def _session_params(order: Order) -> Any:
    line = {
        "quantity": 1,
        "price_data": {
            "currency": order.currency.lower(),
            "unit_amount": to_stripe(order.amount_minor, order.currency),
            "product_data": {"name": order.description or order.reference},
        },
    }
    return {
        "mode": "payment",
        "payment_method_types": ["card"],  # settled at once: a verdict never waits for days
        "line_items": [line],
        "client_reference_id": order.reference,
        "metadata": {"reference": order.reference},
        "payment_intent_data": {"metadata": {"reference": order.reference}},
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "locale": LOCALES.get(order.language, "auto"),
        **({"customer_email": order.payer_email} if order.payer_email else {}),
    }


def _judge(order: Order, provider_reference: str, session: dict[str, Any]) -> Verdict:
    """The verdict on a Checkout Session with its payment and charge expanded."""
    if session["client_reference_id"] != order.reference:
        return failed(order, provider_reference, "unknown reference")
    if session["payment_status"] != "paid":
        if session["status"] == "expired":
            return failed(order, provider_reference, "not paid")
        return unknown(order, provider_reference, str(session["status"]))
    charge = (session.get("payment_intent") or {}).get("latest_charge") or {}
    if charge.get("disputed") or charge.get("refunded"):
        return failed(order, provider_reference, REVERSED)
    currency = str(session["currency"]).upper()
    return judge(order, provider_reference, from_stripe(int(session["amount_total"]), currency), currency)
