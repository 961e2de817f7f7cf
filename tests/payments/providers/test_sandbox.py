"""The sandbox and its adapter over real HTTP, switch by switch."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from payments.providers import Order, Outcome, ProviderRefused, RefundOutcome, Verdict, get_provider
from payments.providers.sandbox import SIGNATURE, sign
from payments.sandbox import services as sandbox
from payments.sandbox import views
from payments.sandbox.models import SandboxPayment
from tests.payments.providers.server import Handler, serve

pytestmark = pytest.mark.django_db
Fault = SandboxPayment.Fault
ORDER = Order(
    reference="attempt-1",
    amount_minor=38_50,
    currency="USD",
    description="Teapot",
    return_url="http://testserver/back/?request=7",
    notify_url="",
    language="en",
)


@pytest.fixture
def payment(sandbox_server: str) -> SandboxPayment:
    get_provider("sandbox").create(ORDER)
    return SandboxPayment.objects.get()


@pytest.fixture
def decide(payment: SandboxPayment, client: Client) -> Callable[..., str]:
    """``decide("pay", *faults)``: where the buyer's browser is sent."""

    def post(decision: str, *faults: str) -> str:
        response = client.post("/sandbox/attempt-1/", {"decision": decision, "faults": faults})
        assert response.status_code == 302
        return response["Location"]

    return post


def verdict(payment: SandboxPayment, way: str = "verify") -> Verdict:
    return getattr(get_provider("sandbox"), way)(ORDER, payment.token)


def test_a_payment_is_opened_once(sandbox_server: str):
    provider = get_provider("sandbox")
    started = provider.create(ORDER)
    assert provider.create(ORDER) == started
    assert started.redirect_url == f"{sandbox_server}/sandbox/attempt-1/"
    payment = SandboxPayment.objects.get()
    assert (payment.token, payment.amount_minor, payment.currency) == (started.provider_reference, 38_50, "USD")


@pytest.mark.parametrize("fields", [{"amount_minor": 1}, {"currency": "EUR"}])
def test_the_same_reference_with_another_amount_is_refused(payment: SandboxPayment, fields: dict):
    with pytest.raises(ProviderRefused, match="conflict"):
        get_provider("sandbox").create(Order(**{**ORDER.__dict__, **fields}))


@pytest.mark.parametrize(
    "fields", [{"amount_minor": 0}, {"amount_minor": -5}, {"currency": "ZZZ"}, {"reference": "a b"}]
)
def test_what_makes_no_sense_is_refused(sandbox_server: str, fields: dict):
    with pytest.raises(ProviderRefused, match="invalid"):
        get_provider("sandbox").create(Order(**{**ORDER.__dict__, **fields}))


def test_paying(payment: SandboxPayment, decide):
    assert verdict(payment).outcome == Outcome.UNKNOWN
    assert decide("pay") == "http://testserver/back/?request=7&reference=attempt-1&status=OK"
    assert verdict(payment) == Verdict(Outcome.PAID, 38_50, "USD", payment.token)
    assert verdict(payment, "status") == verdict(payment)


def test_declining(payment: SandboxPayment, decide):
    assert decide("decline") == "http://testserver/back/?request=7&reference=attempt-1&status=NOK"
    assert (verdict(payment).outcome, verdict(payment).detail) == (Outcome.FAILED, "not paid")


def test_the_first_decision_stands(payment: SandboxPayment, decide):
    decide("decline")
    assert decide("pay", Fault.WRONG_AMOUNT) == "http://testserver/back/?request=7&reference=attempt-1&status=NOK"
    payment.refresh_from_db()
    assert (payment.state, payment.faults, payment.charged_minor) == ("declined", [], 0)


def test_wrong_amount(payment: SandboxPayment, decide):
    decide("pay", Fault.WRONG_AMOUNT)
    assert verdict(payment) == Verdict(Outcome.FAILED, 3_85, "USD", payment.token, "wrong amount")


def test_never_returns(payment: SandboxPayment, decide, client: Client):
    assert decide("pay", Fault.NEVER_RETURNS) == "/sandbox/attempt-1/"
    page = client.get("/sandbox/attempt-1/").content.decode()
    assert "sends nobody back" in page
    assert "/back/" not in page
    assert verdict(payment, "status").outcome == Outcome.PAID


def test_verify_timeout_is_over_after_two_questions(payment: SandboxPayment, decide, settings):
    settings.PAYMENT_READ_SECONDS = 0.3
    decide("pay", Fault.VERIFY_TIMEOUT)
    first, second = verdict(payment), verdict(payment, "status")
    settings.PAYMENT_READ_SECONDS = 5
    assert [(one.outcome, one.detail) for one in (first, second)] == [(Outcome.UNKNOWN, "timeout")] * 2
    assert verdict(payment).outcome == Outcome.PAID


def test_slow(payment: SandboxPayment, decide, monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    monkeypatch.setattr(views.time, "sleep", slept.append)
    decide("pay", Fault.SLOW)
    assert verdict(payment).outcome == Outcome.PAID
    assert slept == [views.SLOW_SECONDS]


def test_reversed_after_a_quarter_of_an_hour(payment: SandboxPayment, decide):
    decide("pay", Fault.REVERSED)
    assert verdict(payment).outcome == Outcome.PAID
    payment.refresh_from_db()
    assert payment.reverses_at - payment.decided_at == dt.timedelta(minutes=15)
    SandboxPayment.objects.update(reverses_at=timezone.now())
    assert (verdict(payment).outcome, verdict(payment).detail) == (Outcome.FAILED, "reversed")
    assert get_provider("sandbox").refund(ORDER, payment.token, 1, "r").outcome == RefundOutcome.FAILED


def test_notice_of_a_reversal_goes_out_until_it_is_taken(payment: SandboxPayment, decide):
    answers, heard = [503, 204], []

    class Busy(Handler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[len(heard) - 1])
            self.end_headers()

    decide("pay", Fault.REVERSED)
    SandboxPayment.objects.update(reverses_at=timezone.now(), notify_url="http://127.0.0.1:9/")  # nothing listens there
    assert sandbox.tell_reversals() == 0
    with serve(Busy) as address:
        SandboxPayment.objects.update(notify_url=address)
        assert [sandbox.tell_reversals() for _ in range(3)] == [0, 1, 0]
    assert heard == [{"event_id": f"{payment.token}-reversed", "kind": "reversed", "reference": "attempt-1"}] * 2


@pytest.mark.parametrize(("fault", "times"), [(Fault.SLOW, 0), (Fault.CALLBACK_FIRST, 1), (Fault.DOUBLE_CALLBACK, 2)])
def test_notices_are_signed_and_come_before_the_buyer_is_back(
    payment: SandboxPayment, decide, django_capture_on_commit_callbacks, fault: str, times: int
):
    heard: list[tuple[bytes, str]] = []

    class Listening(Handler):
        def do_POST(self) -> None:
            heard.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers[SIGNATURE]))
            self.send_response(204)
            self.end_headers()

    with serve(Listening) as address:
        SandboxPayment.objects.update(notify_url=address)
        with django_capture_on_commit_callbacks(execute=True):
            decide("pay", fault)
    body = json.dumps({"event_id": f"{payment.token}-paid", "kind": "paid", "reference": "attempt-1"}).encode()
    assert heard == [(body, sign(body))] * times


def test_a_notice_that_nobody_takes_keeps_no_buyer(payment: SandboxPayment, decide, django_capture_on_commit_callbacks):
    SandboxPayment.objects.update(notify_url="http://127.0.0.1:9/")  # nothing listens there
    with django_capture_on_commit_callbacks(execute=True):
        assert decide("pay", Fault.CALLBACK_FIRST).startswith("http://testserver/back/")


def test_refunds_are_counted_and_each_key_is_one(payment: SandboxPayment, decide):
    refund = get_provider("sandbox").refund
    assert refund(ORDER, payment.token, 1_00, "early").outcome == RefundOutcome.FAILED
    decide("pay")
    part = refund(ORDER, payment.token, 30_00, "part")
    assert part.outcome == RefundOutcome.DONE
    assert refund(ORDER, payment.token, 30_00, "part") == part
    assert refund(ORDER, payment.token, 31_00, "part").detail == "conflict"
    assert refund(ORDER, payment.token, 8_51, "rest").detail == "amount"
    assert refund(ORDER, payment.token, 8_50, "rest").outcome == RefundOutcome.DONE
    assert refund(ORDER, "nothing", 1, "other").detail == "unknown"


@pytest.mark.parametrize("signature", ["", "0" * 64, sign(b"another body")])
def test_an_unsigned_question_is_not_answered(client: Client, signature: str):
    response = client.post(
        "/sandbox/api/status/", b"{}", content_type="application/json", headers={SIGNATURE: signature}
    )
    assert (response.status_code, response.json()) == (403, {"error": "signature"})


def test_a_signed_question_is_answered(client: Client):
    body = json.dumps({"token": "nothing"}).encode()
    response = client.post(
        "/sandbox/api/status/", body, content_type="application/json", headers={SIGNATURE: sign(body)}
    )
    assert (response.status_code, response.json()) == (404, {"error": "unknown"})


def test_nonsense_on_the_page_is_said(payment: SandboxPayment, client: Client):
    for said in ({}, {"decision": "maybe"}, {"decision": "pay", "faults": ["nothing"]}):
        assert client.post("/sandbox/attempt-1/", said).status_code == 422
    payment.refresh_from_db()
    assert payment.state == "open"


def test_an_unknown_payment_has_no_page(client: Client):
    assert client.get("/sandbox/nothing/").status_code == 404


def test_an_amount_is_more_than_nothing():
    with pytest.raises(IntegrityError):
        SandboxPayment.objects.create(reference="a", amount_minor=0, currency="USD", return_url="/")
