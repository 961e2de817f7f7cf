"""What a notice says, once its signature is checked. It only names a payment: the provider is asked how that stands."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from payments.providers.base import ProviderRefused, get_provider
from payments.providers.sandbox import SIGNATURE, is_signed

TOLERANCE = 300  # seconds; an older signature may be a recording
# What may change how a payment stands; anything else is answered and forgotten.
STRIPE_KINDS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
    }
)


class NotSigned(Exception):
    """The signature is missing, wrong or too old, or the body is not what was signed."""


@dataclass(frozen=True)
class Notice:
    """``reference`` is ours, and empty when the notice is about nothing of ours."""

    event_id: str
    kind: str
    reference: str


def read_stripe(body: bytes, signature: str) -> Notice:
    """The notice in Stripe's ``body``; raises NotSigned, and ProviderAway when Stripe must be asked and is away."""
    import stripe

    try:
        stripe.WebhookSignature.verify_header(body, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE)
        event = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise NotSigned from error
    kind = event["type"]
    about = event["data"]["object"] if kind in STRIPE_KINDS else {}
    return Notice(event["id"], kind, _stripe_reference(about))


def _stripe_reference(about: dict[str, Any]) -> str:
    """Our reference on a session or charge; a dispute only names the payment, so Stripe is asked."""
    reference = about.get("client_reference_id") or (about.get("metadata") or {}).get("reference")
    if reference or not about.get("payment_intent"):
        return str(reference or "")
    try:
        return str(get_provider("stripe").reference_of(about["payment_intent"]))  # type: ignore[attr-defined]
    except ProviderRefused:  # a payment made elsewhere with the same account
        return ""


def read_sandbox(body: bytes, signature: str) -> Notice:
    """The notice in our own sandbox's ``body``; raises NotSigned."""
    if not is_signed(body, signature):
        raise NotSigned
    return Notice(**json.loads(body))


READERS = {"stripe": (read_stripe, "Stripe-Signature"), "sandbox": (read_sandbox, SIGNATURE)}
