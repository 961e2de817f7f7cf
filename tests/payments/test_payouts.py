"""What sellers earned reaches their banks once, or comes back."""

import csv
import io

import pytest

from payments import selectors
from payments import services as payments
from payments.models import Payout, StateChange
from tests import factories
from tests.payments.market import ask, bring_to, check_now, fresh, key

pytestmark = pytest.mark.django_db
IBAN = {"holder": "Mina Moradi", "account": "DE02120300000000202051"}


@pytest.fixture
def earned(channel, buyer) -> int:
    bring_to(ask(channel, buyer), "released")
    return selectors.get_payable_balance(channel)


def ask_payout(channel, seller, amount: int, **more) -> Payout:
    given = {"destination": IBAN, "key": key()} | more
    return payments.request_payout(channel=channel, by=seller, amount_minor=amount, **given)


def books(channel) -> tuple[int, int, int]:
    """The seller's balance, what is on its way, the bank."""
    check_now()
    return (
        selectors.get_payable_balance(channel),
        selectors.get_platform_balance("payout_clearing", "USD"),
        selectors.get_platform_balance("bank", "USD"),
    )


def test_asked_sent_confirmed(channel, seller, staff, earned):
    payout = ask_payout(channel, seller, 60_00)
    assert (earned, payout.state, books(channel)) == (95_00, "created", (35_00, 60_00, 0))
    batch = payments.make_payout_file(currency="USD", by=staff, key=key())
    assert list(csv.DictReader(io.StringIO(batch.content))) == [
        {"payout": str(payout.pk), "channel": channel.handle, **IBAN, "amount_minor": "6000", "currency": "USD"}
    ]
    payout = payments.confirm_payout(payout=payout, by=staff, bank_reference="B1", key=key())
    assert (payout.state, payout.bank_reference, books(channel)) == ("confirmed", "B1", (35_00, 0, 60_00))
    changes = StateChange.objects.filter(machine="payout", row_id=payout.pk).order_by("pk")
    assert [(change.to_state, change.by) for change in changes] == [("sent", staff), ("confirmed", staff)]
    assert selectors.get_payouts(channel) == [payout]


def test_a_payout_the_bank_returns_is_the_sellers_again(channel, seller, staff, earned):
    payout = ask_payout(channel, seller, 95_00)
    payments.make_payout_file(currency="USD", by=staff, key=key())
    payout = payments.return_payout(payout=payout, by=staff, reason="No such account", key=key())
    assert (payout.state, payout.reason, books(channel)) == ("returned", "No such account", (95_00, 0, 0))
    for again in (payments.confirm_payout, payments.return_payout):
        with pytest.raises(payments.NotAllowed):
            again(payout=payout, by=staff, key=key(), **({"reason": "x"} if again is payments.return_payout else {}))


def test_money_is_not_paid_out_twice(channel, seller, staff, earned):
    ask_payout(channel, seller, 95_00)
    with pytest.raises(payments.NotEnoughMoney):
        ask_payout(channel, seller, 1)
    payments.make_payout_file(currency="USD", by=staff, key=key())
    with pytest.raises(payments.NothingToSend):
        payments.make_payout_file(currency="USD", by=staff, key=key())


@pytest.mark.parametrize("amount", [0, -5, 10**12])
def test_a_payout_is_an_amount(channel, seller, earned, amount):
    with pytest.raises(payments.BadAmount):
        ask_payout(channel, seller, amount)


@pytest.mark.parametrize("missing", ["holder", "account"])
def test_a_payout_has_a_destination(channel, seller, earned, missing):
    with pytest.raises(payments.BadRequest) as refused:
        ask_payout(channel, seller, 5, destination=IBAN | {missing: " "})
    assert refused.value.field == missing


def test_only_the_owner_asks_and_only_staff_send(channel, seller, shopper, rival, earned):
    manager = factories.make_user()
    channel.members.create(person=manager, role="manager")
    for person in (manager, shopper, rival):
        with pytest.raises(payments.NotAllowed):
            ask_payout(channel, person, 5)
    payout = ask_payout(channel, seller, 5)
    with pytest.raises(payments.NotAllowed):
        payments.make_payout_file(currency="USD", by=seller, key=key())
    with pytest.raises(payments.NotAllowed):
        payments.confirm_payout(payout=payout, by=seller, key=key())


def test_no_cell_of_the_file_is_a_formula(channel, seller, staff, earned):
    ask_payout(channel, seller, 5, destination=IBAN | {"holder": "=HYPERLINK(1)"})
    batch = payments.make_payout_file(currency="USD", by=staff, key=key())
    assert "'=HYPERLINK(1)" in batch.content


def test_a_settlement_clears_the_provider_once(buyer):
    first = payments.record_settlement(
        provider="sandbox", currency="USD", amount_minor=500_00, cost_minor=9_00, reference="S1"
    )
    again = payments.record_settlement(
        provider="sandbox", currency="USD", amount_minor=500_00, cost_minor=9_00, reference="S1"
    )
    assert first == again
    kinds = ("gateway_clearing", "bank", "psp_cost")
    providers = ("sandbox", "", "")
    sums = [selectors.get_platform_balance(kind, "USD", provider=p) for kind, p in zip(kinds, providers, strict=True)]
    assert sums == [0, -491_00, -9_00]
    assert fresh(buyer).accounts.get().balance_minor == 500_00
