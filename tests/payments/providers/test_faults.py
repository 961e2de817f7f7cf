"""The matrix: every provider, every fault, and what is believed in each."""

from dataclasses import replace

import pytest

from payments.providers import Order, Outcome, ProviderAway, RefundOutcome, RefundResult, Started
from tests.payments.providers.fakes import EXPECTED, ON_THE_LINE, FakeProvider, Fault, at_once


def start(bank: FakeProvider, order: Order) -> Started:
    return bank.adapter().create(order)


def test_there_are_fourteen_faults():
    assert len(EXPECTED) == len(Fault) == 14


@pytest.mark.parametrize("way", ["verify", "status"])
@pytest.mark.parametrize("fault", Fault)
def test_only_what_the_provider_confirms_is_paid(bank: FakeProvider, order: Order, fault: Fault, way: str):
    reference = start(bank, order).provider_reference
    ask = getattr(bank.adapter(), way)
    bank.put(fault, reference)
    meanwhile, finally_ = EXPECTED[fault]
    assert ask(order, reference).outcome == meanwhile
    bank.lift(fault, reference)
    verdict = ask(order, reference)
    assert verdict.outcome == finally_
    assert verdict.provider_reference == reference
    if finally_ == Outcome.PAID:
        assert (verdict.amount_minor, verdict.currency) == (order.amount_minor, order.currency)
        assert ask(order, reference) == verdict


@pytest.mark.parametrize("fault", Fault)
def test_thirty_two_at_once_hear_the_same(bank: FakeProvider, order: Order, fault: Fault):
    reference = start(bank, order).provider_reference
    bank.put(fault, reference)
    heard = at_once(lambda _: bank.adapter().verify(order, reference).outcome)
    assert heard == [EXPECTED[fault][0]] * 32


DETAILS = {
    Fault.TIMEOUT: "timeout",
    Fault.CONNECTION_REFUSED: "unreachable: ConnectionError",
    Fault.TRUNCATED: "broken off",
    Fault.WRONG_AMOUNT: "wrong amount",
    Fault.NOT_PAID: "not paid",
    Fault.UNKNOWN_REFERENCE: "unknown reference",
    Fault.REVERSED: "reversed",
}


@pytest.mark.parametrize("fault", DETAILS)
def test_the_log_says_why(bank: FakeProvider, order: Order, fault: Fault):
    reference = start(bank, order).provider_reference
    bank.put(fault, reference)
    assert bank.adapter().verify(order, reference).detail == DETAILS[fault]


@pytest.mark.parametrize("fault", ON_THE_LINE)
def test_a_payment_that_cannot_be_opened_is_opened_by_the_next_try(bank: FakeProvider, order: Order, fault: Fault):
    bank.cut(fault)
    with pytest.raises(ProviderAway):
        start(bank, order)
    bank.mend()
    assert start(bank, order).provider_reference != ""


@pytest.mark.parametrize("fault", ON_THE_LINE)
def test_a_refund_that_was_not_answered_is_not_sent_twice(bank: FakeProvider, order: Order, fault: Fault):
    reference = start(bank, order).provider_reference
    bank.pay(reference)
    bank.adapter().verify(order, reference)
    send = lambda: bank.adapter().refund(order, reference, order.amount_minor, "refund-1")  # noqa: E731
    bank.cut(fault)
    assert send().outcome == RefundOutcome.UNKNOWN
    bank.mend()
    assert [send().outcome, send().outcome] == [RefundOutcome.DONE] * 2
    again = bank.adapter().refund(order, reference, order.amount_minor, "refund-2")
    assert again.outcome == (RefundOutcome.DONE if bank.name == "zarinpal" else RefundOutcome.FAILED)


def test_more_than_was_paid_is_not_refunded(bank: FakeProvider, order: Order):
    reference = start(bank, order).provider_reference
    bank.pay(reference)
    result = bank.adapter().refund(order, reference, order.amount_minor + 1, "refund-1")
    assert (type(result), result.outcome) == (RefundResult, RefundOutcome.FAILED)


def test_a_payment_of_another_order_pays_nothing(bank: FakeProvider, order: Order):
    """Zarinpal does not say whose a payment is, only how much it was: the attempt's own row must hold its authority."""
    reference = start(bank, order).provider_reference
    bank.pay(reference)
    another = replace(order, reference="another")
    dearer = replace(another, amount_minor=order.amount_minor * 2)
    heard = [bank.adapter().verify(one, reference).outcome for one in (another, dearer)]
    assert heard == [Outcome.PAID if bank.name == "zarinpal" else Outcome.FAILED, Outcome.FAILED]


def test_the_provider_is_asked_once_and_never_elsewhere(bank: FakeProvider, order: Order):
    """No second try, no redirect: the domain's sweeper asks again."""
    start(bank, order)
    asked = len(bank.calls)
    bank.cut(Fault.SERVER_ERROR)
    bank.adapter().verify(order, "nothing")
    assert len(bank.calls) - asked == 1


def test_no_secret_is_logged(bank: FakeProvider, order: Order, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    reference = start(bank, order).provider_reference
    for fault in Fault:
        bank.cut(fault)
        bank.adapter().verify(order, reference)
        bank.mend()
    assert caplog.text != ""
    for secret in bank.more_settings.values():
        assert secret not in caplog.text
