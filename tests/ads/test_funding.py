"""Reserving and settling: never more than the limit or what was paid ahead, each key once."""

import pytest
from django.db import IntegrityError, transaction

from ads import services as ads
from ads.models import CreditLine, Fund, Spending
from payments import services as payments
from payments.selectors import get_platform_balance
from tests.ads.money import balance, make_campaign, open_line
from tests.payments.market import check_now, fresh, key

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(channel):
    open_line(channel, 100)
    return make_campaign(channel)


def state(campaign) -> tuple[int, int, int, int]:
    """Owed and reserved of the line, reserved and spent of the campaign: after all checks of a commit."""
    check_now()
    line, fund = CreditLine.objects.get(channel=campaign.channel), Fund.objects.get(pk=campaign.pk)
    return line.owed_minor, line.reserved_minor, fund.reserved_minor, fund.spent_minor


def test_takes_what_is_left_and_then_nothing(campaign):
    assert [ads.reserve(campaign=campaign, amount_minor=minor) for minor in (70, 70, 1)] == [70, 30, 0]
    assert (state(campaign), ads.get_available(campaign)) == ((0, 100, 100, 0), 0)


def test_two_campaigns_share_the_line(campaign, channel):
    other = make_campaign(channel)
    assert ads.reserve(campaign=campaign, amount_minor=60) == 60
    assert ads.reserve(campaign=other, amount_minor=60) == 40


def test_what_was_shown_is_owed_and_the_rest_is_free_again(campaign, channel):
    ads.reserve(campaign=campaign, amount_minor=70)
    ads.settle(campaign=campaign, reserved_minor=70, cost_minor=25, key="a")
    assert (state(campaign), ads.get_available(campaign)) == ((25, 0, 0, 25), 75)
    assert (balance("ad_receivable", channel), get_platform_balance("ad_income", "USD")) == (-25, 25)
    assert Spending.objects.get().cost_minor == 25
    assert payments.reconcile().is_clean


def test_a_key_settles_once(campaign):
    ads.reserve(campaign=campaign, amount_minor=70)
    for _ in range(2):
        ads.settle(campaign=campaign, reserved_minor=30, cost_minor=10, key="a")
    assert state(campaign) == (10, 40, 40, 10)
    with pytest.raises(payments.KeyReused):
        ads.settle(campaign=campaign, reserved_minor=30, cost_minor=11, key="a")
    assert state(campaign) == (10, 40, 40, 10)


def test_a_cost_of_nothing_only_gives_back(campaign, channel):
    ads.reserve(campaign=campaign, amount_minor=70)
    ads.settle(campaign=campaign, reserved_minor=70, cost_minor=0, key="a")
    assert (state(campaign), balance("ad_receivable", channel), Spending.objects.count()) == ((0, 0, 0, 0), 0, 0)


@pytest.mark.parametrize(("reserved", "cost", "refusal"), [
    (10, 11, payments.BadAmount), (10, -1, payments.BadAmount), (71, 1, ads.NotReserved),
])  # fmt: skip
def test_no_more_than_was_reserved(campaign, reserved, cost, refusal):
    ads.reserve(campaign=campaign, amount_minor=70)
    with pytest.raises(refusal):
        ads.settle(campaign=campaign, reserved_minor=reserved, cost_minor=cost, key="a")
    assert state(campaign) == (0, 70, 70, 0)


def test_nothing_of_another_campaigns_reservation(campaign, channel):
    other = make_campaign(channel)
    ads.reserve(campaign=campaign, amount_minor=50)
    ads.reserve(campaign=other, amount_minor=10)
    with pytest.raises(ads.NotReserved):
        ads.settle(campaign=other, reserved_minor=20, cost_minor=20, key="a")
    assert state(other) == (0, 60, 10, 0)


def test_negative_amounts_are_refused(campaign):
    with pytest.raises(payments.BadAmount):
        ads.reserve(campaign=campaign, amount_minor=-1)


@pytest.mark.parametrize("status", ["late", "closed", "written_off"])
def test_only_an_open_line_gives(campaign, status):
    CreditLine.objects.update(status=status)
    assert (ads.reserve(campaign=campaign, amount_minor=1), ads.get_available(campaign)) == (0, 0)


def test_what_is_under_way_is_charged_although_the_line_is_late(campaign):
    ads.reserve(campaign=campaign, amount_minor=70)
    CreditLine.objects.update(status="late")
    ads.settle(campaign=campaign, reserved_minor=70, cost_minor=70, key="a")
    assert state(campaign) == (70, 0, 0, 70)


def test_without_a_line_or_money_there_is_nothing(channel):
    on_credit, ahead = make_campaign(channel), make_campaign(channel, funding="prepaid")
    assert [ads.reserve(campaign=one, amount_minor=5) for one in (on_credit, ahead)] == [0, 0]
    assert [ads.get_available(one) for one in (on_credit, ahead)] == [0, 0]
    with pytest.raises(ads.NoCreditLine):
        ads.settle(campaign=on_credit, reserved_minor=0, cost_minor=0, key=key())


@pytest.mark.parametrize("change", [
    {"owed_minor": 101}, {"reserved_minor": 101}, {"reserved_minor": -1}, {"limit_minor": -1},
])  # fmt: skip
def test_the_database_refuses_more_than_the_limit(campaign, change):
    with pytest.raises(IntegrityError, match="credit_line_within_limit"), transaction.atomic():
        CreditLine.objects.update(**change)


@pytest.mark.parametrize("change", [{"owed_minor": 1}, {"limit_minor": 101}])
def test_the_database_refuses_a_line_that_is_not_what_the_ledger_says(campaign, change):
    CreditLine.objects.update(**change)
    with pytest.raises(IntegrityError, match="is not what the ledger says"), transaction.atomic():
        check_now()
    CreditLine.objects.update(owed_minor=0, limit_minor=100)


def test_the_limit_is_the_accounts_floor(campaign, channel):
    ads.reserve(campaign=campaign, amount_minor=100)
    ads.settle(campaign=campaign, reserved_minor=100, cost_minor=100, key="a")
    with pytest.raises(payments.NotEnoughMoney), transaction.atomic():
        payments.charge_ads(channel_id=channel.pk, currency="USD", amount_minor=1, on_credit=True, key="b")
    with pytest.raises(payments.BadAmount):
        payments.set_ads_limit(channel=channel, limit_minor=99)


def test_a_debt_is_never_overpaid(channel, buyer):
    open_line(channel)
    with pytest.raises(IntegrityError, match="account_debt_not_overpaid"), transaction.atomic():
        payments.repay_ads(channel=channel, spent_minor=1, fees_minor=0, person=buyer.pk, actor=None, key="a")
    assert fresh(channel.credit_line).owed_minor == 0
