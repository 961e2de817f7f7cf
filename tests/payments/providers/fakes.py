"""Sandbox, Zarinpal and Stripe as loopback servers, for tests of adapters and of the domain above them.

with FAKES["zarinpal"]() as bank, override_settings(**bank.settings):
    started = bank.adapter().create(order)          # or let the domain do it
    bank.put(Fault.TIMEOUT, started.provider_reference)
    assert bank.adapter().verify(order, started.provider_reference).outcome == EXPECTED[Fault.TIMEOUT][0]
    bank.lift(Fault.TIMEOUT, started.provider_reference)
    assert bank.adapter().verify(order, started.provider_reference).outcome == EXPECTED[Fault.TIMEOUT][1]
"""

import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payments.providers import Order
from payments.providers.sandbox import SIGNATURE, is_signed
from tests.payments.providers.server import EXPECTED, ON_THE_LINE, READ_SECONDS, Answer, FakeProvider, Fault, at_once

__all__ = ["EXPECTED", "FAKES", "ON_THE_LINE", "READ_SECONDS", "FakeProvider", "Fault", "at_once", "make_order"]
_numbers = count(1)


def make_order(fake: FakeProvider, **fields: Any) -> Order:
    """An order the fake can take."""
    given = {
        "reference": f"attempt-{next(_numbers)}",
        "amount_minor": 250_000,
        "currency": fake.currency,
        "description": "Teapot",
        "return_url": "https://bisat.example/back/",
        "notify_url": "",
        "language": "en",
    }
    return Order(**given | fields)


class FakeSandbox(FakeProvider):
    name, url_setting, currency = "sandbox", "SANDBOX_URL", "USD"

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        super().__init__()

    def pay(self, provider_reference: str) -> None:
        self.payments[provider_reference]["state"] = "paid"

    def decline(self, provider_reference: str) -> None:
        self.payments[provider_reference]["state"] = "declined"

    def reverse(self, provider_reference: str) -> None:
        self.payments[provider_reference]["state"] = "reversed"

    def forget(self, provider_reference: str) -> None:
        del self.payments[provider_reference]

    def spoil_amount(self, provider_reference: str) -> None:
        self.payments[provider_reference]["amount_minor"] //= 10

    def spoil_currency(self, provider_reference: str) -> None:
        self.payments[provider_reference]["currency"] = "IRR"

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        if not is_signed(body, handler.headers.get(SIGNATURE, "")):
            return 403, {"error": "signature"}
        verb, asked = handler.path.strip("/").split("/")[-1], json.loads(body)
        self.calls.append((verb, asked))
        if verb == "create":
            token = hashlib.sha256(asked["reference"].encode()).hexdigest()[:32]
            known = {name: asked[name] for name in ("reference", "amount_minor", "currency")}
            self.payments.setdefault(token, {"state": "open", **known})
            return 200, {"token": token}
        if asked["token"] not in self.payments:
            return 404, {"error": "unknown"}
        payment = self.payments[asked["token"]]
        if verb == "refund":
            left = payment["amount_minor"] - sum(done["amount_minor"] for done in self.refunds.values())
            if asked["key"] not in self.refunds and asked["amount_minor"] > left:
                return 409, {"error": "amount"}
            self.refunds.setdefault(asked["key"], asked)
            return 200, {"refund": asked["key"]}
        return 200, payment


class FakeZarinpal(FakeProvider):
    name, url_setting, currency = "zarinpal", "ZARINPAL_URL", "IRR"
    MERCHANT = "11111111-2222-3333-4444-555555555555"
    more_settings = {"ZARINPAL_MERCHANT_ID": MERCHANT}

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.error = 0  # a code that stands in the way of everything, such as -12, too many attempts
        super().__init__()

    def pay(self, provider_reference: str) -> None:
        self.payments[provider_reference]["status"] = "PAID"

    def decline(self, provider_reference: str) -> None:
        self.payments[provider_reference]["status"] = "FAILED"

    def reverse(self, provider_reference: str) -> None:
        self.payments[provider_reference]["status"] = "REVERSED"

    def claim(self, provider_reference: str) -> None:
        self.payments[provider_reference]["status"] = "VERIFIED"

    def forget(self, provider_reference: str) -> None:
        del self.payments[provider_reference]

    def spoil_amount(self, provider_reference: str) -> None:
        self.payments[provider_reference]["rials"] -= 1000

    def spoil_currency(self, provider_reference: str) -> None:
        """What was meant as rials was taken for toman."""
        self.payments[provider_reference]["rials"] *= 10

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        asked = json.loads(body)
        verb = handler.path.removeprefix("/pg/v4/payment/").removesuffix(".json")
        self.calls.append((verb, asked))
        if asked.get("merchant_id") != self.MERCHANT:
            return _refused(-10)
        if self.error:
            return _refused(self.error)
        if verb == "request":
            return self._request(asked)
        payment = self.payments.get(asked["authority"])
        if payment is None:
            return _refused(-54)
        return {"verify": self._verify, "inquiry": self._inquiry, "reverse": self._reverse}[verb](payment, asked)

    def _request(self, asked: dict[str, Any]) -> Answer:
        if not isinstance(asked["amount"], int) or asked["amount"] < 1000 or not asked["description"]:
            return _refused(-9)
        authority = f"A{next(_numbers):035d}"
        rials = asked["amount"] * (1 if asked.get("currency", "IRR") == "IRR" else 10)
        self.payments[authority] = {"rials": rials, "status": "IN_BANK"}
        return _done(code=100, message="Success", authority=authority, fee_type="Merchant", fee=100)

    def _verify(self, payment: dict[str, Any], asked: dict[str, Any]) -> Answer:
        if payment["status"] not in ("PAID", "VERIFIED"):
            return _refused(-51)
        if payment["rials"] != asked["amount"]:
            return _refused(-50)
        code = 101 if payment["status"] == "VERIFIED" else 100
        payment["status"] = "VERIFIED"
        return _done(code=code, message="Verified", card_pan="502229******5995", ref_id=201, fee_type="Merchant", fee=0)

    def _inquiry(self, payment: dict[str, Any], asked: dict[str, Any]) -> Answer:
        return _done(code=100, message="Success", status=payment["status"])

    def _reverse(self, payment: dict[str, Any], asked: dict[str, Any]) -> Answer:
        if payment["status"] != "VERIFIED":
            return _refused(-61)
        payment["status"] = "REVERSED"
        return _done(code=100, message="Reversed")


def _done(**data: Any) -> Answer:
    return 200, {"data": data, "errors": []}


def _refused(code: int) -> Answer:
    return 422, {"data": [], "errors": {"code": code, "message": "no", "validations": []}}


class FakeStripe(FakeProvider):
    name, url_setting, currency = "stripe", "STRIPE_API_URL", "USD"
    SECRET = "sk_test_loopback"
    WEBHOOK_SECRET = "whsec_loopback"
    more_settings = {"STRIPE_SECRET_KEY": SECRET, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[bytes, Answer]] = {}  # idempotency keys of the last day
        self.refund_status = "succeeded"
        super().__init__()

    def pay(self, provider_reference: str) -> None:
        charge = {"id": f"ch_{provider_reference}", "disputed": False, "refunded": False}
        intent = {"id": f"pi_{provider_reference}", "latest_charge": charge}
        self.sessions[provider_reference] |= {"payment_status": "paid", "status": "complete", "payment_intent": intent}

    def decline(self, provider_reference: str) -> None:
        self.sessions[provider_reference]["status"] = "expired"

    def reverse(self, provider_reference: str) -> None:
        self.sessions[provider_reference]["payment_intent"]["latest_charge"]["disputed"] = True

    def forget(self, provider_reference: str) -> None:
        del self.sessions[provider_reference]

    def spoil_amount(self, provider_reference: str) -> None:
        self.sessions[provider_reference]["amount_total"] -= 100

    def spoil_currency(self, provider_reference: str) -> None:
        self.sessions[provider_reference]["currency"] = "jpy"

    def notice(
        self, provider_reference: str, kind: str = "checkout.session.completed", *, number: str = "evt_1", at: float = 0
    ) -> tuple[bytes, str]:
        """A webhook's body and its Stripe-Signature header, signed ``at`` (now)."""
        about = {"object": self.sessions[provider_reference]}
        body = json.dumps({"id": number, "object": "event", "type": kind, "data": about}).encode()
        return body, self.sign(body, at)

    def sign(self, body: bytes, at: float = 0) -> str:
        moment = int(at or time.time())
        mac = hmac.new(self.WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        return f"t={moment},v1={mac.hexdigest()}"

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        where = urlsplit(handler.path)
        asked = dict(parse_qsl(body.decode() or where.query))
        _version, *parts = where.path.strip("/").split("/")
        self.calls.append((f"{handler.command} {'/'.join(parts)}", asked))
        if handler.headers.get("Authorization") != f"Bearer {self.SECRET}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        key = handler.headers.get("Idempotency-Key") if handler.command == "POST" else None
        if key and key in self.keys:
            before, answer = self.keys[key]
            return answer if before == body else (400, {"error": {"type": "idempotency_error", "message": "differs"}})
        answer = self._route(handler.command, parts, asked)
        if key:
            self.keys[key] = (body, answer)
        return answer

    def _route(self, method: str, parts: list[str], asked: dict[str, str]) -> Answer:
        match method, parts:
            case "POST", ["checkout", "sessions"]:
                return self._open(asked)
            case "GET", ["checkout", "sessions", name] if name in self.sessions:
                session = dict(self.sessions[name])
                if "expand[0]" not in asked and session["payment_intent"]:
                    session["payment_intent"] = session["payment_intent"]["id"]
                return 200, session
            case "GET", ["payment_intents", name] if name.removeprefix("pi_") in self.sessions:
                reference = self.sessions[name.removeprefix("pi_")]["client_reference_id"]
                return 200, {"id": name, "object": "payment_intent", "metadata": {"reference": reference}}
            case "POST", ["refunds"]:
                return self._refund(asked)
            case "GET", ["refunds"]:
                return 200, {"object": "list", "has_more": False, "data": list(self.refunds.values())}
        return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such"}}

    def _open(self, asked: dict[str, str]) -> Answer:
        name = f"cs_test_{next(_numbers)}"
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/c/pay/{name}",
            "client_reference_id": asked["client_reference_id"],
            "amount_total": int(asked["line_items[0][price_data][unit_amount]"]),
            "currency": asked["line_items[0][price_data][currency]"],
            "payment_status": "unpaid",
            "status": "open",
            "payment_intent": None,
        }
        return 200, dict(self.sessions[name])

    def _refund(self, asked: dict[str, str]) -> Answer:
        paid = self.sessions[asked["payment_intent"].removeprefix("pi_")]["amount_total"]
        if int(asked["amount"]) + sum(done["amount"] for done in self.refunds.values()) > paid:
            return 400, {"error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "no"}}
        name = f"re_{next(_numbers)}"
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "status": self.refund_status,
            "amount": int(asked["amount"]),
            "metadata": {"key": asked["metadata[key]"]},
        }
        return 200, self.refunds[name]


FAKES: dict[str, type[FakeProvider]] = {fake.name: fake for fake in (FakeSandbox, FakeZarinpal, FakeStripe)}
