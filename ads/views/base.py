"""What the pages of ads' money have in common: ways to pay, and going to a provider."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.money import format_money
from core.pages import Request
from payments import providers
from payments import selectors as payments
from payments.models import PaymentAttempt
from payments.services import gateways
from sellers.models import Channel
from sellers.views.base import go, person_of

__all__ = ["get_ways", "go", "go_to_provider", "person_of"]

OWN = ("wallet", "balance")  # ways that are no provider's


def get_ways(request: Request, channel: Channel) -> list[tuple[str, Any]]:
    """Her wallet and what the channel earned, each with what is there, and the providers of the currency."""
    currency = channel.currency
    wallet = format_money(payments.get_wallet_balance(person_of(request), currency), currency)
    balance = format_money(payments.get_payable_balance(channel), currency)
    return [
        ("wallet", _("My wallet ({money})").format(money=wallet)),
        ("balance", _("What the channel earned ({money})").format(money=balance)),
        *((way.name, str(way.label)) for way in providers.available(currency)),
    ]


def go_to_provider(request: Request, attempt: PaymentAttempt) -> HttpResponse:
    if attempt.state == attempt.State.CREATED:
        attempt = gateways.open_attempt(attempt)
    return go(request, "payments:attempt", attempt.token)
