"""Many at once: what campaigns reserve and owe stays within the limit, at every commit."""

import random

import pytest

from ads import services as ads
from ads.models import Campaign, CreditLine, Fund
from payments import services as payments
from tests.ads.money import balance, make_campaign, open_line
from tests.prove.test_races import ROUNDS, at_once

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
