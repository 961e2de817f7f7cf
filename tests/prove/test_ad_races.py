"""Many at once: what campaigns reserve and owe stays within the limit, at every commit."""

import random

import pytest

from ads import services as ads
from ads.models import Campaign, CreditLine, Fund, Repayment, Statement
from payments import services as payments
from payments.selectors import get_wallet_balance
from tests.ads.money import balance, make_campaign, open_line, spend
from tests.payments.market import fill_wallet
from tests.prove.test_races import ROUNDS, THREADS, at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
each_round = pytest.mark.parametrize("round_", range(ROUNDS))
LIMIT = 1000


@each_round
def test_no_more_is_reserved_than_the_limit(round_: int, channel):
    open_line(channel, LIMIT)
    campaigns = [make_campaign(channel) for _ in range(4)]
    granted: list[int] = []
    raised = at_once(lambda n: granted.append(ads.reserve(campaign=campaigns[n % 4], amount_minor=70)))
    line = CreditLine.objects.get()
    assert (raised, sum(granted), line.reserved_minor) == ([], LIMIT, LIMIT)
    assert sorted(granted, reverse=True)[:15] == [70] * 14 + [20]


@each_round
def test_reserving_and_settling_at_once_loses_nothing(round_: int, channel):
    open_line(channel, LIMIT)
    campaigns = [make_campaign(channel) for _ in range(4)]
    costs: list[int] = []

    def work(number: int) -> None:
        chance, campaign = random.Random(1000 * round_ + number), campaigns[number % 4]
        for step in range(5):
            taken = ads.reserve(campaign=campaign, amount_minor=chance.randint(1, 60))
            cost = chance.randint(0, taken)
            for _again in range(2):
                ads.settle(campaign=campaign, reserved_minor=taken, cost_minor=cost, key=f"{number}-{step}")
            costs.append(cost)

    assert at_once(work) == []
    line, spent = CreditLine.objects.get(), sum(Fund.objects.values_list("spent_minor", flat=True))
    assert (line.reserved_minor, line.owed_minor, -balance("ad_receivable", channel)) == (0, sum(costs), sum(costs))
    assert (spent, line.owed_minor <= LIMIT, Campaign.objects.count()) == (sum(costs), True, 4)
    assert payments.reconcile().is_clean


@each_round
def test_one_debt_repaid_at_once_is_repaid_once(round_: int, channel, seller):
    line, campaign = open_line(channel, LIMIT), make_campaign(channel)
    spend(campaign, 900)
    ads.issue_due(now=line.period_ends_at)
    fill_wallet(seller, 5000)
    raised = at_once(lambda n: ads.repay(line=line, amount_minor=100, source="wallet", by=seller, key=f"repay-{n}"))
    assert {type(error) for error in raised} == {payments.BadAmount}
    assert (len(raised), Repayment.objects.count(), get_wallet_balance(seller, "USD")) == (THREADS - 9, 9, 4100)
    assert (Statement.objects.get().left_minor, ads.reconcile(), payments.reconcile().is_clean) == (45, {}, True)


@each_round
def test_what_was_paid_ahead_is_spent_or_comes_back_once(round_: int, channel, seller):
    fill_wallet(seller, 1000)
    campaign = make_campaign(channel, funding="prepaid")
    ads.book(campaign=campaign, amount_minor=1000, source="wallet", by=seller, key="book")

    def work(number: int) -> None:
        if number % 8 == 7:
            ads.refund_unspent(campaign=campaign, key=f"end-{number}")
            return
        taken = ads.reserve(campaign=campaign, amount_minor=40)
        ads.settle(campaign=campaign, reserved_minor=taken, cost_minor=taken // 2, key=f"{number}")

    assert at_once(work) == []
    ads.refund_unspent(campaign=campaign, key="last")
    fund = Fund.objects.get()
    assert (fund.reserved_minor, fund.free_minor, fund.spent_minor + fund.returned_minor) == (0, 0, 1000)
    assert (balance("ad_prepaid", channel), get_wallet_balance(seller, "USD")) == (0, 1000 - fund.spent_minor)
    assert (ads.reconcile(), payments.reconcile().is_clean) == ({}, True)
