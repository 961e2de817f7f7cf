"""What every way to pay must offer, and which of them this installation has.

A verdict from ``verify`` or ``status`` is the only proof of payment: what a browser brings back, or a notice claims,
only says that it is time to ask.
"""

import enum
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

ADAPTERS = {
    "sandbox": "payments.providers.sandbox.Sandbox",
    "zarinpal": "payments.providers.zarinpal.Zarinpal",
    "stripe": "payments.providers.stripe_checkout.StripeCheckout",
}
REVERSED = "reversed"  # the detail of a verdict on money that came and was taken back


class ProviderAway(Exception):
    """No usable answer: whether the provider did what it was asked is not known. Says why; never holds a secret."""


class ProviderRefused(Exception):
    """The provider answered, and will not: asking the same again changes nothing. Says why."""


class UnknownProvider(LookupError):
    """This installation does not offer a provider of that name."""


class Outcome(enum.StrEnum):
    PAID = "paid"  # exactly the order's amount, in its currency
    FAILED = "failed"  # it will not become paid any more, or not as ordered
    UNKNOWN = "unknown"  # not decided yet, or no usable answer: ask again


class RefundOutcome(enum.StrEnum):
    DONE = "done"
    PENDING = "pending"  # accepted; the money is on its way
    FAILED = "failed"  # refused: somebody has to pay it back by hand
    UNKNOWN = "unknown"  # no usable answer: ask again with the same key


@dataclass(frozen=True)
class Order:
    """What one payment attempt asks for. ``reference`` is ours and unique; amounts are minor units of ``currency``.

    ``return_url`` is where the buyer's browser comes back; ``notify_url`` is where a provider that speaks from server
    to server leaves its notice. The payer's e-mail and telephone number (E.164) only fill in the provider's form.
    """

    reference: str
    amount_minor: int
    currency: str
    description: str
    return_url: str
    notify_url: str
    language: str
    payer_email: str = ""
    payer_phone: str = ""


@dataclass(frozen=True)
class Started:
    """Where to send the buyer, and the provider's name for this payment, to be kept before she goes."""

    redirect_url: str
    provider_reference: str


@dataclass(frozen=True)
class Verdict:
    """How a payment stands. ``amount_minor`` of ``currency`` is what has arrived as far as the provider says, 0 for
    nothing: a failed verdict with an amount is money that came, but not as ordered. ``detail`` is for the log."""

    outcome: Outcome
    amount_minor: int
    currency: str
    provider_reference: str
    detail: str = ""


@dataclass(frozen=True)
class RefundResult:
    outcome: RefundOutcome
    provider_reference: str
    detail: str = ""


class Provider(Protocol):
    """A way to pay. Calls go over the network and take seconds: never inside a transaction that holds locks."""

    name: str
    label: Promise | str
    currencies: frozenset[str]
    refunds_parts: bool  # else only whole payments go back

    def create(self, order: Order) -> Started:
        """Opens the payment at the provider; the same reference may be sent again. Raises ProviderAway, ProviderRefused."""

    def verify(self, order: Order, provider_reference: str) -> Verdict:
        """Claims the payment once the buyer is back; may be called any number of times. Raises nothing."""

    def status(self, order: Order, provider_reference: str) -> Verdict:
        """How the payment stands while nobody has come back, or later; claims it if it waits for that. Raises nothing."""

    def refund(self, order: Order, provider_reference: str, amount_minor: int, key: str) -> RefundResult:
        """Sends money back to where it came from, once per ``key`` however often it is called. Raises nothing."""


def get_provider(name: str) -> Provider:
    """The provider of that name; raises UnknownProvider unless PAYMENT_PROVIDERS lists it and its library is here."""
    if name not in settings.PAYMENT_PROVIDERS:
        raise UnknownProvider(name)
    try:
        provider: Provider = import_string(ADAPTERS[name])()
    except ImportError as error:
        raise UnknownProvider(name) from error
    return provider


def available(currency: str) -> list[Provider]:
    """What a buyer may choose from for ``currency``, in the order of PAYMENT_PROVIDERS."""
    found = []
    for name in settings.PAYMENT_PROVIDERS:
        try:
            provider = get_provider(name)
        except UnknownProvider:  # its library is not installed
            continue
        if currency in provider.currencies:
            found.append(provider)
    return found


def judge(order: Order, provider_reference: str, amount_minor: int, currency: str) -> Verdict:
    """The verdict on a payment of which the provider says that so much has arrived."""
    if currency != order.currency:
        outcome, detail = Outcome.FAILED, "wrong currency"
    elif amount_minor != order.amount_minor:
        outcome, detail = Outcome.FAILED, "wrong amount"
    else:
        outcome, detail = Outcome.PAID, ""
    return Verdict(outcome, amount_minor, currency, provider_reference, detail)


def failed(order: Order, provider_reference: str, detail: str) -> Verdict:
    return Verdict(Outcome.FAILED, 0, order.currency, provider_reference, detail)


def unknown(order: Order, provider_reference: str, detail: str) -> Verdict:
    return Verdict(Outcome.UNKNOWN, 0, order.currency, provider_reference, detail)
