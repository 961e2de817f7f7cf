"""Clicks are charged in batches: never beyond a budget, each once, the rest kept with the reason."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ads import services as ads
from ads import tasks
from ads.models import Campaign, CampaignDay, CreditLine, Event, Fund, Lease
from ads.services import charging
from tests.ads.market import click
from tests.ads.money import balance, make_campaign, open_line
from tests.payments.market import check_now

pytestmark = pytest.mark.django_db


def clicks(**conditions) -> list[tuple[int, str]]:
    """What each click cost and why not more, in the order of the viewers."""
    return list(Event.objects.filter(kind="click", **conditions).order_by("who").values_list("cost_minor", "reason"))


def money(campaign: Campaign) -> tuple[int, int, int, int, int]:
    """Spent and leased by the campaign, spent on its days, by its fund, owed by its line."""
    campaign.refresh_from_db()
    days = sum(CampaignDay.objects.filter(campaign=campaign).values_list("spent_minor", flat=True))
    fund, line = Fund.objects.filter(campaign=campaign).first(), CreditLine.objects.get(channel=campaign.channel)
    return campaign.spent_minor, campaign.leased_minor, days, fund.spent_minor if fund else 0, line.owed_minor


def test_a_batch_is_charged_once(channel):
    open_line(channel)
    campaign = make_campaign(channel)
    click(campaign, "ga", "gb", "gc")
    click(campaign, "gr", reason="robot")
    assert ads.get_waiting() == [campaign.pk]
    assert ads.charge_clicks(campaign_id=campaign.pk) == (3, 30)
    assert ads.charge_clicks(campaign_id=campaign.pk) is None
    click(campaign, "ga", "gb")  # the same again within the hour
    tasks.charge()
    assert clicks() == [(10, ""), (10, ""), (10, ""), (0, "robot")]
    assert money(campaign) == (30, 0, 30, 30, 30)
    assert balance("ad_receivable", channel) == -30
    check_now()


def test_the_last_click_costs_what_is_left_and_the_next_ones_nothing(channel):
    open_line(channel)
    campaign = make_campaign(channel, daily_budget_minor=25, total_budget_minor=100)
    click(campaign, "ga", "gb", "gc", "gd")
    tasks.charge()
    assert clicks() == [(10, ""), (10, ""), (5, ""), (0, "budget")]
    click(campaign, "ge")
    tasks.charge()
    assert clicks(who="ge") == [(0, "budget")]
    assert money(campaign) == (25, 0, 25, 25, 25)
    assert campaign.dry_at is None


def test_the_whole_budget_holds_over_days(channel):
    open_line(channel)
    campaign = make_campaign(channel, daily_budget_minor=20, total_budget_minor=25)
    today = timezone.now().date()
    click(campaign, "ga", "gb", "gc", day=today - dt.timedelta(days=1))
    click(campaign, "gd", "ge", day=today)
    tasks.charge()
    assert clicks() == [(10, ""), (10, ""), (0, "budget"), (5, ""), (0, "budget")]
    assert money(campaign) == (25, 0, 25, 25, 25)


def test_where_money_ends_the_campaign_runs_dry_until_there_is_some(channel):
    line = open_line(channel, limit_minor=15)
    campaign = make_campaign(channel)
    click(campaign, "ga", "gb", "gc")
    tasks.charge()
    assert clicks() == [(10, ""), (5, ""), (0, "money")]
    campaign.refresh_from_db()
    assert campaign.dry_at is not None
    assert ads.look_for_money() == 0
    from payments import services as payments

    payments.set_ads_limit(channel=channel, limit_minor=50)
    CreditLine.objects.filter(pk=line.pk).update(limit_minor=50)
    assert ads.look_for_money() == 1
    campaign.refresh_from_db()
    assert campaign.dry_at is None


def test_a_lease_of_a_worker_that_died_is_settled_by_the_next(channel):
    open_line(channel)
    campaign = make_campaign(channel)
    click(campaign, "ga")
    lease = ads.take_lease(campaign_id=campaign.pk)
    assert ads.take_lease(campaign_id=campaign.pk) is None
    assert money(campaign)[:2] == (0, 10)
    Lease.objects.update(taken_at=F("taken_at") - charging.PATIENCE)
    assert ads.charge_clicks(campaign_id=campaign.pk) == (1, 10)
    assert ads.settle_lease(lease_id=lease) is None
    assert money(campaign) == (10, 0, 10, 10, 10)
    assert Lease.objects.values_list("state", "cost_minor", "clicks").get() == ("settled", 10, 1)


def test_a_budget_made_smaller_gives_nothing_back_and_lets_nothing_more_through(channel):
    open_line(channel)
    campaign = make_campaign(channel, daily_budget_minor=100, total_budget_minor=100)
    click(campaign, "ga", "gb", "gc")
    tasks.charge()
    Campaign.objects.update(daily_budget_minor=20)
    click(campaign, "gd")
    tasks.charge()
    assert clicks()[3] == (0, "budget")
    assert CampaignDay.objects.values_list("budget_minor", "spent_minor").get() == (30, 30)


def test_the_database_refuses_more_than_a_budget(channel):
    campaign = make_campaign(channel, daily_budget_minor=20, total_budget_minor=30)
    day = CampaignDay.objects.create(campaign=campaign, day=timezone.now().date(), budget_minor=20)
    for rows, more in ((CampaignDay.objects.filter(pk=day.pk), 21), (Campaign.objects.filter(pk=campaign.pk), 31)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(leased_minor=more)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(leased_minor=10, spent_minor=more - 10)
