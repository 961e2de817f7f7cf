"""Every provider, every fault, thirty-two at once: an attempt is paid at most once, and nothing stays open for ever."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
from django.utils import timezone

from payments import selectors
from payments import services as payments
from payments.models import Alert, Entry, MoneyRequest, PaymentAttempt
from payments.providers import Outcome
from payments.services import gateways
from tests.factories import make_channel
from tests.payments.market import ask, key, money
from tests.payments.providers.fakes import EXPECTED, FAKES, ON_THE_LINE, FakeProvider, Fault
from tests.prove.test_races import at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
CALLERS = 4 if os.environ.get("SHORT") == "1" else 32
AMOUNT = 250_000
STATES = {Outcome.PAID: "verified", Outcome.FAILED: "failed"}


@pytest.fixture(params=FAKES)
def bank(request: pytest.FixtureRequest, settings) -> Iterator[FakeProvider]:
    with FAKES[request.param]() as fake:
        for name, value in fake.settings.items():
            setattr(settings, name, value)
        yield fake


@pytest.fixture
def request_(bank: FakeProvider, shopper) -> MoneyRequest:
    return ask(make_channel(market="ir" if bank.currency == "IRR" else "us"), shopper, AMOUNT)


@pytest.fixture
def attempts(bank: FakeProvider, request_: MoneyRequest) -> list[PaymentAttempt]:
    """The buyer opened the bank's page in two tabs."""
    begun = [
        payments.start_attempt(request=request_, by=request_.buyer, version=1, provider=bank.name, key=key())
        for _ in range(2)
    ]
    return [gateways.open_attempt(attempt) for attempt in begun]


def come_from_all_sides(attempts: list[PaymentAttempt]) -> None:
    """The buyer is back in the first tab only; the provider gives notice of both; the sweeper is due for both."""
    PaymentAttempt.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - dt.timedelta(seconds=1))

    def work(number: int) -> None:
        if number % 4 == 0:
            payments.sweep_attempts(ask=gateways.ask_provider)
        elif number % 4 == 1:
            gateways.check_attempt(payments.return_attempt(attempt=attempts[0]))
        else:
            attempt = attempts[number % 2]
            gateways.hear_notice(provider=attempt.provider, reference=attempt.token)

    assert at_once(work, CALLERS) == []


def check_money(request: MoneyRequest, paid: int) -> None:
    """One payment is held for the request, a further one is in the wallet; the bank owes us both."""
    assert money(request) == (AMOUNT * max(0, paid - 1), AMOUNT * min(paid, 1), 0, 0)
    provider = request.attempts.order_by("pk")[0].provider
    clearing = selectors.get_platform_balance("gateway_clearing", request.currency, provider=provider)
    assert (Entry.objects.filter(kind="paid").count(), clearing) == (paid, -AMOUNT * paid)
    assert request.attempts.filter(pays_request=True).count() == min(paid, 1)
    assert payments.reconcile().is_clean


@pytest.mark.parametrize("fault", Fault)
def test_an_attempt_ends_once_whatever_the_provider_does(
    bank: FakeProvider, request_: MoneyRequest, attempts: list[PaymentAttempt], fault: Fault
):
    meanwhile, finally_ = EXPECTED[fault]
    first, second = (attempt.provider_reference for attempt in attempts)
    bank.put(fault, first)
    if fault in ON_THE_LINE:  # one line for both
        bank.pay(second)
    else:
        bank.put(fault, second)
    come_from_all_sides(attempts)
    if meanwhile == Outcome.UNKNOWN:
        assert all(attempt.is_open() for attempt in PaymentAttempt.objects.all())
        check_money(request_, 0)
    bank.lift(fault, first)
    bank.lift(fault, second)
    come_from_all_sides(attempts)
    states = PaymentAttempt.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [STATES[finally_]] * 2
    check_money(request_, 2 if finally_ == Outcome.PAID else 0)
    come_from_all_sides(attempts)
    check_money(request_, 2 if finally_ == Outcome.PAID else 0)


@pytest.mark.parametrize("fault", [Fault.WRONG_AMOUNT, Fault.WRONG_CURRENCY])
def test_money_that_came_otherwise_than_asked_is_shown_to_staff(
    bank: FakeProvider, request_: MoneyRequest, attempts: list[PaymentAttempt], fault: Fault
):
    for attempt in attempts:
        bank.put(fault, attempt.provider_reference)
    come_from_all_sides(attempts)
    raised = set(Alert.objects.filter(cleared_at=None).values_list("subject", flat=True))
    told = set() if bank.name == "zarinpal" else {f"attempt:{attempt.pk}" for attempt in attempts}
    assert raised == told  # Zarinpal says no more than that it is not the amount


def test_a_payment_taken_back_later_is_taken_back_once(
    bank: FakeProvider, request_: MoneyRequest, attempts: list[PaymentAttempt]
):
    pays, _other = attempts
    bank.pay(pays.provider_reference)
    gateways.check_attempt(payments.return_attempt(attempt=pays))
    assert money(request_) == (0, AMOUNT, 0, 0)
    bank.reverse(pays.provider_reference)
    raised = at_once(lambda _: gateways.hear_notice(provider=bank.name, reference=pays.token), CALLERS)
    assert (raised, money(request_)) == ([], (0, 0, 0, 0))
    assert Entry.objects.filter(kind="charged_back").count() == 1
    assert payments.reconcile().is_clean
