"""Zarinpal: what is sent, which answer means what, and rials that stay rials."""

import pytest

from payments.providers import Outcome, ProviderRefused, RefundOutcome, get_provider
from tests.payments.providers.fakes import FakeZarinpal, make_order


def test_a_request_names_the_rial_and_leads_to_the_gateway(zarinpal: FakeZarinpal):
    order = make_order(
        zarinpal, reference="a-1", payer_email="sara@example.com", payer_phone="+989121234567", description="چای" * 200
    )
    started = zarinpal.adapter().create(order)
    assert started.redirect_url == f"{zarinpal.url}/pg/StartPay/{started.provider_reference}"
    assert zarinpal.calls == [
        (
            "request",
            {
                "merchant_id": zarinpal.MERCHANT,
                "amount": 250_000,
                "currency": "IRR",
                "description": ("چای" * 200)[:255],
                "callback_url": "https://bisat.example/back/",
                "metadata": {"mobile": "09121234567", "email": "sara@example.com", "order_id": "a-1"},
            },
        )
    ]


def test_a_foreign_telephone_number_is_kept_back(zarinpal: FakeZarinpal):
    zarinpal.adapter().create(make_order(zarinpal, reference="a-1", payer_phone="+14155550100"))
    assert zarinpal.calls[0][1]["metadata"] == {"order_id": "a-1"}


def test_the_amount_claimed_is_our_own(zarinpal: FakeZarinpal):
    order = make_order(zarinpal)
    reference = zarinpal.adapter().create(order).provider_reference
    zarinpal.pay(reference)
    verdict = zarinpal.adapter().verify(order, reference)
    assert (verdict.outcome, verdict.detail) == (Outcome.PAID, "ref_id 201")
    assert zarinpal.calls[-1] == (
        "verify",
        {"merchant_id": zarinpal.MERCHANT, "amount": 250_000, "authority": reference},
    )


@pytest.mark.parametrize("currency", ["USD", "IRT"])
def test_only_rials_are_taken(zarinpal: FakeZarinpal, currency: str):
    with pytest.raises(ProviderRefused):
        zarinpal.adapter().create(make_order(zarinpal, currency=currency))
    assert zarinpal.calls == []


def test_too_little_is_refused(zarinpal: FakeZarinpal):
    with pytest.raises(ProviderRefused, match="-9"):
        zarinpal.adapter().create(make_order(zarinpal, amount_minor=999))


@pytest.mark.parametrize("code", [-9, -10, -11, -12, -15, -52])
def test_trouble_with_the_merchant_says_nothing_of_the_payment(zarinpal: FakeZarinpal, code: int):
    order = make_order(zarinpal)
    reference = zarinpal.adapter().create(order).provider_reference
    zarinpal.pay(reference)
    zarinpal.error = code
    assert zarinpal.adapter().verify(order, reference).outcome == Outcome.UNKNOWN
    assert zarinpal.adapter().status(order, reference).outcome == Outcome.UNKNOWN
    assert zarinpal.adapter().refund(order, reference, 250_000, "r").outcome == RefundOutcome.UNKNOWN


def test_asking_how_it_stands_claims_what_waits(zarinpal: FakeZarinpal):
    """A buyer who paid and never came back: unclaimed money would go back to her card."""
    order = make_order(zarinpal)
    reference = zarinpal.adapter().create(order).provider_reference
    assert zarinpal.adapter().status(order, reference).outcome == Outcome.UNKNOWN
    zarinpal.pay(reference)
    assert zarinpal.adapter().status(order, reference).outcome == Outcome.PAID
    assert zarinpal.payments[reference]["status"] == "VERIFIED"


def test_a_whole_payment_is_reversed_and_a_part_is_left_to_people(zarinpal: FakeZarinpal):
    order = make_order(zarinpal)
    reference = zarinpal.adapter().create(order).provider_reference
    zarinpal.pay(reference)
    zarinpal.adapter().verify(order, reference)
    refund = get_provider("zarinpal").refund
    assert refund(order, reference, 100_000, "part").outcome == RefundOutcome.FAILED
    assert refund(order, reference, 250_000, "whole").outcome == RefundOutcome.DONE
    assert refund(order, reference, 250_000, "whole").detail == "was reversed before"
    assert [verb for verb, _ in zarinpal.calls].count("reverse") == 1
