"""The sandbox: a bank of our own to try payments with. Spoken to over HTTP like any other, so that its faults are real."""

import logging
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
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
SIGNATURE = "X-Sandbox-Signature"
UNKNOWN = "unknown"  # the error that says the sandbox knows no such payment


def sign(body: bytes) -> str:
    """Both sides are this program, so its secret key serves them both."""
    return salted_hmac("payments.sandbox", body, algorithm="sha256").hexdigest()


def is_signed(body: bytes, signature: str) -> bool:
    return constant_time_compare(sign(body), signature)


class Sandbox:
    name = "sandbox"
    label = _("Sandbox (no real money)")
    currencies = frozenset(DECIMALS)
    refunds_parts = True

    def create(self, order: Order) -> Started:
        fields = ("reference", "amount_minor", "currency", "description", "return_url", "notify_url")
        answer = self._ask("create", {name: getattr(order, name) for name in fields})
        token = answer.get("token")
        if isinstance(token, str) and token:
            return Started(f"{settings.SANDBOX_URL}/sandbox/{order.reference}/", token)
        raise ProviderRefused(str(answer.get("error", "refused")))

    def verify(self, order: Order, provider_reference: str) -> Verdict:
        return self._judge("verify", order, provider_reference)

    def status(self, order: Order, provider_reference: str) -> Verdict:
        return self._judge("status", order, provider_reference)

    def refund(self, order: Order, provider_reference: str, amount_minor: int, key: str) -> RefundResult:
        asked = {"token": provider_reference, "amount_minor": amount_minor, "key": key}
        try:
            answer = self._ask("refund", asked)
        except ProviderAway as away:
            return RefundResult(RefundOutcome.UNKNOWN, provider_reference, str(away))
        if answer.get("refund"):
            return RefundResult(RefundOutcome.DONE, str(answer["refund"]))
        return RefundResult(RefundOutcome.FAILED, provider_reference, str(answer.get("error", "refused")))

    def _judge(self, verb: str, order: Order, token: str) -> Verdict:
        try:
            answer = self._ask(verb, {"token": token})
        except ProviderAway as away:
            return unknown(order, token, str(away))
        state, amount = answer.get("state"), answer.get("amount_minor")
        if answer.get("error") == UNKNOWN or answer.get("reference", order.reference) != order.reference:
            return failed(order, token, "unknown reference")
        if state in ("declined", "reversed"):
            return failed(order, token, REVERSED if state == "reversed" else "not paid")
        if state == "paid" and isinstance(amount, int):
            return judge(order, token, amount, str(answer.get("currency")))
        return unknown(order, token, str(state or "no state"))

    def _ask(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        url = f"{settings.SANDBOX_URL}/sandbox/api/{verb}/"
        try:
            return http.post_json(url, payload, lambda body: {SIGNATURE: sign(body)})
        except ProviderAway as away:
            logger.warning("Sandbox, %s: %s", verb, away)
            raise
