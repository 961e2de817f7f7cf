"""Many workers charge one advertiser's clicks at once: each click once, to the unit, never beyond a budget."""

import os

import pytest
from django.db.models import Sum
from django.utils import timezone

from ads import services as ads
from ads.models import Campaign, CampaignDay, CreditLine, Event, Fund, Lease
from ads.services import charging
from sellers.models import Channel
from tests.ads.market import click
from tests.ads.money import balance, make_campaign, open_line
from tests.prove.test_races import at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
ROUNDS = 1 if os.environ.get("SHORT") == "1" else 20
WORKERS, CLICKS = 16, 60


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("limit_minor", [10_000, 700])
def test_workers_charge_each_click_once_and_stop_at_the_budget(round_, limit_minor, channel: Channel):
    """Of two campaigns on one line each has clicks for 600 and a budget for 505 a day."""
    open_line(channel, limit_minor=limit_minor)
    budgets = {"daily_budget_minor": 505, "total_budget_minor": 505}
    campaigns = [make_campaign(channel, **budgets) for _ in range(2)]
    for campaign in campaigns:
        click(campaign, *(f"g{n}" for n in range(CLICKS)), price_minor=10)

    def work(number: int) -> None:
        Lease.objects.filter(state="open").update(taken_at=timezone.now() - charging.PATIENCE)  # taken over at once
        while ads.charge_clicks(campaign_id=campaigns[number % 2].pk):
            pass

    assert at_once(work, WORKERS) == []
    for campaign in campaigns:
        work(campaigns.index(campaign))
    expected = min(limit_minor, 1010)
    charged = Event.objects.filter(lease_id__isnull=False)
    assert charged.aggregate(all=Sum("cost_minor"))["all"] == expected
    assert Event.objects.filter(lease_id=None, reason="").count() == 0
    for table in (Campaign, CampaignDay, Fund):
        assert table.objects.aggregate(all=Sum("spent_minor"))["all"] == expected
    assert not Campaign.objects.exclude(leased_minor=0).exists()
    assert not Lease.objects.exclude(state="settled").exists()
    assert CreditLine.objects.values_list("owed_minor", "reserved_minor").get() == (expected, 0)
    assert balance("ad_receivable", channel) == -expected
    assert max(CampaignDay.objects.filter(day__lte=timezone.now().date()).values_list("spent_minor", flat=True)) <= 505
