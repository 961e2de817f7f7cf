"""Notices: signed, fresh, whole, each handed on once; what they claim is never believed."""

import datetime as dt
import json
import time
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from payments.providers import Order, Outcome
from payments.providers.sandbox import SIGNATURE, sign
from payments.providers.signals import provider_notice
from payments.webhooks import services as webhooks
from payments.webhooks.models import WebhookEvent
from payments.webhooks.views import MAX_BYTES
from tests.payments.providers.fakes import FakeStripe, Fault, make_order

pytestmark = pytest.mark.django_db
KIND = "checkout.session.completed"


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What the rooms above were told."""
    heard: list[tuple[str, str]] = []

    def listen(*, provider: str, reference: str, **_: object) -> None:
        heard.append((provider, reference))

    provider_notice.connect(listen)
    yield heard
    provider_notice.disconnect(listen)


@pytest.fixture
def order(stripe: FakeStripe) -> Order:
    return make_order(stripe, reference="attempt-1")


@pytest.fixture
def session(stripe: FakeStripe, order: Order) -> str:
    """A paid Checkout Session."""
    reference = stripe.adapter().create(order).provider_reference
    stripe.pay(reference)
    return reference


@pytest.fixture
def post(client: Client, django_capture_on_commit_callbacks):
    """Leaves a notice, lets what follows the commit happen, and says how it was answered."""

    def leave(body: bytes, signature: str, provider: str = "stripe", header: str = "Stripe-Signature") -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                f"/payments/webhooks/{provider}/",
                body,
                content_type="application/json",
                headers={header: signature} if signature else {},
            ).status_code

    return leave


def test_a_notice_is_handed_on_and_kept(stripe: FakeStripe, session: str, post, told: list):
    assert post(*stripe.notice(session)) == 204
    assert told == [("stripe", "attempt-1")]
    event = WebhookEvent.objects.get()
    assert (event.provider, event.event_id, event.kind, event.reference) == ("stripe", "evt_1", KIND, "attempt-1")
    assert event.handled_at is not None


def test_a_replay_is_answered_and_changes_nothing(stripe: FakeStripe, session: str, post, told: list):
    notice = stripe.notice(session)
    assert [post(*notice) for _ in range(3)] == [204, 204, 204]
    assert (len(told), WebhookEvent.objects.count()) == (1, 1)


def test_unsigned_forged_and_old_notices_are_refused(stripe: FakeStripe, session: str, post, told: list):
    body, signature = stripe.notice(session)
    refused = [
        (body, ""),
        (body, "nonsense"),
        (body, f"t={int(time.time())},v1={'0' * 64}"),
        (body, f"t={int(time.time())}"),
        (body, signature.replace("v1=", "v0=")),
        (body.replace(b"attempt-1", b"attempt-2"), signature),  # changed on the way
        (body[:-20], signature),  # truncated
        (b"", signature),
        (b"\xff\xfe", stripe.sign(b"\xff\xfe")),
        stripe.notice(session, at=time.time() - 301),  # a recording
        stripe.notice(session, at=1),
    ]
    assert [post(*one) for one in refused] == [400] * len(refused)
    assert (told, WebhookEvent.objects.count()) == ([], 0)


def test_a_notice_within_the_tolerance_is_taken(stripe: FakeStripe, session: str, post, told: list):
    assert post(*stripe.notice(session, at=time.time() - 290)) == 204
    assert len(told) == 1


def test_a_notice_claims_and_stripe_decides(stripe: FakeStripe, order: Order, post, told: list):
    """Signed, and yet not paid: whoever was told asks Stripe."""
    reference = stripe.adapter().create(order).provider_reference
    body, _signature = stripe.notice(reference)
    event = json.loads(body)
    event["data"]["object"] |= {"payment_status": "paid", "status": "complete"}
    body = json.dumps(event).encode()
    assert post(body, stripe.sign(body)) == 204
    assert told == [("stripe", "attempt-1")]
    assert stripe.adapter().verify(order, reference).outcome == Outcome.UNKNOWN


def test_an_event_that_changes_no_payment_is_forgotten(stripe: FakeStripe, session: str, post, told: list):
    assert post(*stripe.notice(session, "customer.created")) == 204
    assert (told, WebhookEvent.objects.count()) == ([], 0)


def dispute(stripe: FakeStripe, payment: str) -> tuple[bytes, str]:
    about = {"object": {"id": "dp_1", "object": "dispute", "payment_intent": payment, "metadata": {}}}
    body = json.dumps({"id": "evt_2", "type": "charge.dispute.created", "data": about}).encode()
    return body, stripe.sign(body)


def test_a_dispute_is_traced_to_our_payment(stripe: FakeStripe, order: Order, session: str, post, told: list):
    stripe.reverse(session)
    assert post(*dispute(stripe, f"pi_{session}")) == 204
    assert told == [("stripe", "attempt-1")]
    verdict = stripe.adapter().verify(order, session)
    assert (verdict.outcome, verdict.detail) == (Outcome.FAILED, "reversed")


def test_a_dispute_of_somebody_elses_payment_is_none_of_ours(stripe: FakeStripe, post, told: list):
    assert post(*dispute(stripe, "pi_of_another_shop")) == 204
    assert told == []


def test_a_dispute_that_cannot_be_traced_now_comes_again(stripe: FakeStripe, session: str, post, told: list):
    stripe.cut(Fault.SERVER_ERROR)
    assert post(*dispute(stripe, f"pi_{session}")) == 503
    stripe.mend()
    assert post(*dispute(stripe, f"pi_{session}")) == 204
    assert len(told) == 1


def test_what_a_receiver_could_not_do_is_done_when_stripe_repeats_itself(
    stripe: FakeStripe, session: str, client: Client, post, told: list
):
    def fail(**_: object) -> None:
        raise ConnectionError

    body, signature = stripe.notice(session)
    provider_notice.connect(fail)
    with pytest.raises(ConnectionError):
        post(body, signature)
    provider_notice.disconnect(fail)
    assert WebhookEvent.objects.get().handled_at is None
    assert post(body, signature) == 204
    assert WebhookEvent.objects.get().handled_at is not None
    assert len(told) == 2


def test_a_large_body_is_not_read(stripe: FakeStripe, post):
    body = b" " * (MAX_BYTES + 1)
    assert post(body, stripe.sign(body)) == 413


def test_only_post(stripe: FakeStripe, client: Client):
    assert client.get("/payments/webhooks/stripe/").status_code == 405


@pytest.mark.parametrize("provider", ["zarinpal", "sandbox", "nobody"])
def test_a_provider_that_is_not_offered_or_leaves_no_notices_has_no_door(stripe: FakeStripe, post, provider: str):
    assert post(b"{}", "x", provider) == 404


def test_the_sandbox_signs_too(post, told: list):
    body = json.dumps({"event_id": "token-paid", "kind": "paid", "reference": "attempt-9"}).encode()
    assert post(body, sign(body + b" "), "sandbox", SIGNATURE) == 400
    assert [post(body, sign(body), "sandbox", SIGNATURE) for _ in range(2)] == [204, 204]
    assert told == [("sandbox", "attempt-9")]


def test_notices_are_forgotten_a_quarter_after_they_were_handled(stripe: FakeStripe, session: str, post, told: list):
    post(*stripe.notice(session))
    WebhookEvent.objects.create(provider="stripe", event_id="evt_0", kind=KIND, reference="attempt-0")  # not handled
    now = timezone.now()
    assert webhooks.forget_handled(now=now + dt.timedelta(days=89)) == 0
    assert webhooks.forget_handled(now=now + dt.timedelta(days=91)) == 1
    assert [event.event_id for event in WebhookEvent.objects.all()] == ["evt_0"]
