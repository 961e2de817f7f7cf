"""Stripe Checkout: what is sent, hundredths and whole units, refunds under a key."""

import sys
from dataclasses import replace

import pytest

from payments.providers import Outcome, ProviderAway, ProviderRefused, RefundOutcome, available, get_provider
from payments.providers.base import UnknownProvider
from payments.providers.stripe_checkout import from_stripe, to_stripe
from tests.payments.providers.fakes import FakeStripe, make_order


def test_a_session_is_opened_for_exactly_this_order(stripe: FakeStripe):
    order = make_order(stripe, reference="a-1", payer_email="sara@example.com")
    started = stripe.adapter().create(order)
    assert started.redirect_url == f"https://checkout.stripe.com/c/pay/{started.provider_reference}"
    assert stripe.calls == [
        (
            "POST checkout/sessions",
            {
                "mode": "payment",
                "payment_method_types[0]": "card",
                "line_items[0][quantity]": "1",
                "line_items[0][price_data][currency]": "usd",
                "line_items[0][price_data][unit_amount]": "250000",
                "line_items[0][price_data][product_data][name]": "Teapot",
                "client_reference_id": "a-1",
                "metadata[reference]": "a-1",
                "payment_intent_data[metadata][reference]": "a-1",
                "success_url": "https://bisat.example/back/",
                "cancel_url": "https://bisat.example/back/",
                "locale": "en",
                "customer_email": "sara@example.com",
            },
        )
    ]


def test_the_same_order_opens_one_session(stripe: FakeStripe):
    order = make_order(stripe)
    assert stripe.adapter().create(order) == stripe.adapter().create(order)
    with pytest.raises(ProviderRefused):
        stripe.adapter().create(replace(order, amount_minor=1))
    assert len(stripe.sessions) == 1


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"), [("USD", 1999, 1999), ("EUR", 5, 5), ("TWD", 300, 30000), ("JPY", 300, 300)]
)
def test_amounts_are_counted_as_each_side_counts(currency: str, ours: int, theirs: int):
    assert (to_stripe(ours, currency), from_stripe(theirs, currency)) == (theirs, ours)


def test_a_part_of_our_smallest_unit_is_no_amount_of_ours():
    assert from_stripe(30050, "TWD") == -1


def test_taiwan_dollars_are_paid_and_refunded_whole(stripe: FakeStripe):
    order = make_order(stripe, currency="TWD", amount_minor=300)
    reference = stripe.adapter().create(order).provider_reference
    assert stripe.sessions[reference]["amount_total"] == 30000
    stripe.pay(reference)
    verdict = stripe.adapter().verify(order, reference)
    assert (verdict.outcome, verdict.amount_minor, verdict.currency) == (Outcome.PAID, 300, "TWD")
    stripe.adapter().refund(order, reference, 100, "r-1")
    assert [refund["amount"] for refund in stripe.refunds.values()] == [10000]


def test_rials_are_not_offered(stripe: FakeStripe):
    assert available("IRR") == []
    with pytest.raises(ProviderRefused):
        stripe.adapter().create(make_order(stripe, currency="IRR"))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("succeeded", RefundOutcome.DONE),
        ("pending", RefundOutcome.PENDING),
        ("failed", RefundOutcome.FAILED),
        ("something new", RefundOutcome.UNKNOWN),
    ],
)
def test_parts_are_refunded_once_a_key_even_after_stripe_forgot_it(stripe: FakeStripe, status: str, outcome: str):
    order = make_order(stripe)
    reference = stripe.adapter().create(order).provider_reference
    stripe.pay(reference)
    stripe.refund_status = status
    assert stripe.adapter().refund(order, reference, 100, "r-1").outcome == outcome
    stripe.keys.clear()
    assert stripe.adapter().refund(order, reference, 100, "r-1").outcome == outcome
    stripe.adapter().refund(order, reference, 100, "r-2")
    assert len(stripe.refunds) == 2


def test_nothing_paid_is_nothing_to_refund(stripe: FakeStripe):
    order = make_order(stripe)
    reference = stripe.adapter().create(order).provider_reference
    assert stripe.adapter().refund(order, reference, 100, "r-1").outcome == RefundOutcome.FAILED


def test_a_wrong_key_says_nothing_of_the_payment(stripe: FakeStripe, settings):
    order = make_order(stripe)
    reference = stripe.adapter().create(order).provider_reference
    stripe.pay(reference)
    settings.STRIPE_SECRET_KEY = "sk_test_of_somebody_else"
    assert stripe.adapter().verify(order, reference).outcome == Outcome.UNKNOWN
    with pytest.raises(ProviderAway):
        stripe.adapter().create(order)


def test_without_its_library_it_is_not_offered(stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "stripe", None)
    monkeypatch.delitem(sys.modules, "payments.providers.stripe_checkout", raising=False)
    assert available("USD") == []
    with pytest.raises(UnknownProvider):
        get_provider("stripe")
