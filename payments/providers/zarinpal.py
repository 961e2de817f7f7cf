"""Zarinpal, the gateway of Iran: REST v4 as its public documentation describes it.

Amounts are rials and said to be rials in each request: the API also takes toman, ten times as much. The amount that
``verify`` claims is always our own.
"""

import logging
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
DONE, DONE_BEFORE = 100, 101
WRONG_AMOUNT, NOT_PAID = -50, -51
NOT_KNOWN = {-53, -54, -55}  # somebody else's, no such authority, no such payment
NOT_REVERSIBLE = {-60, -61, -62, -63}  # the bank cannot, not paid or back already, no fixed address set, too late
RIAL = "IRR"
DESCRIPTION_LENGTH = 255


class Zarinpal:
    name = "zarinpal"
    label = _("Iranian bank card (Zarinpal)")
    currencies = frozenset({RIAL})
    refunds_parts = False

    def create(self, order: Order) -> Started:
        if order.currency != RIAL:
            raise ProviderRefused(f"Zarinpal takes rials, not {order.currency}.")
        asked = {
            "amount": order.amount_minor,
            "currency": RIAL,
            "description": order.description[:DESCRIPTION_LENGTH] or order.reference,
            "callback_url": order.return_url,
            "metadata": _metadata(order),
        }
        data, code = self._ask("request", asked)
        authority = data.get("authority")
        if code == DONE and isinstance(authority, str) and authority.isalnum():
            return Started(f"{settings.ZARINPAL_URL}/pg/StartPay/{authority}", authority)
        if code == DONE:
            raise ProviderAway("no authority")
        raise ProviderRefused(f"Zarinpal says {code}.")

    def verify(self, order: Order, provider_reference: str) -> Verdict:
        try:
            return self._claim(order, provider_reference)
        except ProviderAway as away:
            return unknown(order, provider_reference, str(away))

    def status(self, order: Order, provider_reference: str) -> Verdict:
        """A payment that waits for it is claimed: Zarinpal gives back what nobody claims."""
        try:
            state = self._inquire(provider_reference)
            if state in ("PAID", "VERIFIED"):
                return self._claim(order, provider_reference)
            return _unpaid(order, provider_reference, state)
        except ProviderAway as away:
            return unknown(order, provider_reference, str(away))

    def refund(self, order: Order, provider_reference: str, amount_minor: int, key: str) -> RefundResult:
        """Zarinpal's REST API takes a payment back as a whole and within half an hour; the state at the bank is asked
        first, so a second call sends nothing. Anything else is refused here and paid back by hand in their panel."""
        if amount_minor != order.amount_minor:
            return RefundResult(RefundOutcome.FAILED, provider_reference, "only whole payments")
        try:
            return self._reverse(provider_reference)
        except ProviderAway as away:
            return RefundResult(RefundOutcome.UNKNOWN, provider_reference, str(away))

    def _claim(self, order: Order, authority: str) -> Verdict:
        data, code = self._ask("verify", {"amount": order.amount_minor, "authority": authority})
        if code in (DONE, DONE_BEFORE):
            verdict = judge(order, authority, order.amount_minor, RIAL)
            return replace(verdict, detail=verdict.detail or f"ref_id {data.get('ref_id')}")
        if code == WRONG_AMOUNT:
            return failed(order, authority, "wrong amount")
        if code in NOT_KNOWN:
            return failed(order, authority, "unknown reference")
        if code == NOT_PAID:  # the buyer may still be at the bank
            return _unpaid(order, authority, self._inquire(authority))
        return unknown(order, authority, f"zarinpal {code}")

    def _reverse(self, authority: str) -> RefundResult:
        if self._inquire(authority) == "REVERSED":
            return RefundResult(RefundOutcome.DONE, authority, "was reversed before")
        code = self._ask("reverse", {"authority": authority})[1]
        if code == DONE:
            return RefundResult(RefundOutcome.DONE, authority)
        outcome = RefundOutcome.FAILED if code in NOT_REVERSIBLE | NOT_KNOWN else RefundOutcome.UNKNOWN
        return RefundResult(outcome, authority, f"zarinpal {code}")

    def _inquire(self, authority: str) -> str:
        """PAID, VERIFIED, IN_BANK, FAILED or REVERSED; the code as text where there is no state."""
        data, code = self._ask("inquiry", {"authority": authority})
        return str(data.get("status") or code)

    def _ask(self, verb: str, payload: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """What the answer holds, and its code; raises ProviderAway when there is none."""
        url = f"{settings.ZARINPAL_URL}/pg/v4/payment/{verb}.json"
        try:
            answer = http.post_json(url, {"merchant_id": settings.ZARINPAL_MERCHANT_ID, **payload})
            data, errors = (part if isinstance(part := answer.get(name), dict) else {} for name in ("data", "errors"))
            try:
                return data, int(data.get("code") or errors["code"])
            except (KeyError, TypeError, ValueError):
                raise ProviderAway("no code") from None
        except ProviderAway as away:
            logger.warning("Zarinpal, %s: %s", verb, away)
            raise


def _unpaid(order: Order, authority: str, state: str) -> Verdict:
    """The verdict on a payment that cannot be claimed now."""
    if state == "REVERSED":
        return failed(order, authority, REVERSED)
    if state == "FAILED":
        return failed(order, authority, "not paid")
    if state in {str(code) for code in NOT_KNOWN}:
        return failed(order, authority, "unknown reference")
    return unknown(order, authority, f"zarinpal {state}")


def _metadata(order: Order) -> dict[str, str]:
    """What fills in the payer's form; a foreign telephone number would be refused."""
    phone = f"0{order.payer_phone[3:]}" if order.payer_phone.startswith("+989") else ""
    known = {"mobile": phone, "email": order.payer_email, "order_id": order.reference}
    return {name: value for name, value in known.items() if value}
