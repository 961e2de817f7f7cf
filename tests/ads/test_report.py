"""What a campaign brought: counted from events and what people did after them, and beside who got no ads."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from ads import services as ads
from ads.models import Campaign, DailyCount, Event, Lift
from ads.selectors import report
from chat.models import Conversation
from payments import services as payments
from sellers import services as sellers
from sellers.models import Follow
from tests.ads.market import click, make_live
from tests.factories import make_product_post, make_user
from tests.payments.market import ask, fill_wallet, pay

pytestmark = pytest.mark.django_db


def test_a_day_says_who_saw_clicked_asked_paid_and_followed(channel, shopper, rival, seller):
    product = make_product_post(channel).product
    campaign = make_live(channel, product)
    early = timezone.now() - dt.timedelta(minutes=10)
    for kind in ("served", "impression", "click"):
        click(campaign, shopper, kind=kind)
    click(campaign, "ga", kind="impression")
    click(campaign, "gb", kind="withheld")
    click(campaign, "gr", reason="robot")
    Event.objects.update(at=early)
    Conversation.objects.create(shopper=shopper, channel=channel, product=product)
    Conversation.objects.create(shopper=rival, channel=channel, product=product)  # saw no ad
    Conversation.objects.create(shopper=shopper, channel=channel)  # about nothing in particular
    sellers.follow(person=shopper, channel=channel)
    for _again in range(2):
        ads.roll_up()
    counts = dict(DailyCount.objects.values(*DailyCount.COUNTS).get())
    assert counts == {
        "served": 1, "withheld": 1, "impressions": 2, "clicks": 1, "unbilled": 1, "asks": 1, "paid": 0, "followers": 1,
    }  # fmt: skip
    sellers.unfollow(person=shopper, channel=channel)
    ads.roll_up()
    assert DailyCount.objects.get().followers == 0


def test_paid_are_requests_that_who_saw_or_clicked_it_paid(channel, shopper, rival):
    product = make_product_post(channel).product
    campaign, about_all = make_live(channel, product), make_live(channel)
    for person in (shopper, rival):
        fill_wallet(person, 500_00)
    for one in (campaign, about_all):
        click(one, shopper, kind="impression")
    Event.objects.update(at=timezone.now() - dt.timedelta(minutes=10))
    about_it = [payments.Line("A pot", 40_00, product_id=product.pk)]
    pay(ask(channel, shopper, lines=about_it))
    pay(ask(channel, shopper))  # not about the product
    pay(ask(channel, rival, lines=about_it))  # saw no ad
    ask(channel, shopper, lines=about_it)  # not paid yet
    ads.roll_up()
    assert dict(DailyCount.objects.values_list("campaign", "paid")) == {campaign.pk: 1, about_all.pk: 2}


def test_what_came_before_the_ad_or_a_week_later_is_not_its_doing(channel, shopper):
    campaign = make_live(channel)
    click(campaign, shopper, kind="impression")
    for age, followers in ((-1, 0), (1, 1), (6, 1), (8, 0)):
        Event.objects.update(
            at=timezone.now() - dt.timedelta(days=age), window_at=timezone.now() - dt.timedelta(days=age)
        )
        Follow.objects.all().delete()
        Follow.objects.create(channel=channel, person=shopper)
        ads.roll_up()
        day = DailyCount.objects.filter(followers__gt=0)
        assert sum(day.values_list("followers", flat=True)) == followers, age


@pytest.fixture
def compared(channel) -> Campaign:
    """Given to thirty people and held back from thirty, of whom twenty and ten followed; one was in both groups."""
    campaign = make_live(channel)
    people = [make_user() for _ in range(61)]
    given, left, both = people[:30], people[30:60], people[60]
    click(campaign, *given, both, kind="served")
    click(campaign, *left, both, kind="withheld")
    for person in (*given[:20], *left[:10], both):
        Follow.objects.create(channel=channel, person=person)
    Event.objects.update(at=timezone.now() - dt.timedelta(days=8))
    Follow.objects.update(followed_at=timezone.now() - dt.timedelta(days=7))
    return campaign


def _people(campaign: Campaign) -> list[int]:
    arms = report.get_report(campaign, timezone.now().date()).arms
    return [arms[arm].people for arm in ("picked", "held_out") if arm in arms]


def test_lift_is_beside_who_would_have_got_it(compared):
    ads.measure_lifts()
    assert not Lift.objects.exists()  # nothing is rolled up yet
    ads.roll_up()
    ads.measure_lifts()
    assert _people(compared) == [30, 30]
    lifts = report.get_lifts(report.get_report(compared, timezone.now().date()).arms)
    assert list(lifts) == ["followers"]  # nobody asked or paid
    lift = lifts["followers"]
    assert (round(lift.value, 6), lift.low < 0 < lift.high) == (1.0, True)


def test_lift_counts_a_person_once_her_seven_days_are_over(compared):
    ads.roll_up()
    late = Event.objects.filter(kind="withheld").order_by("person_id")[0].person_id
    Event.objects.filter(person_id=late).update(at=timezone.now() - dt.timedelta(days=6))
    ads.measure_lifts()
    assert _people(compared) == [30, 29]
    Event.objects.update(at=timezone.now() - dt.timedelta(days=6))
    ads.measure_lifts()
    assert _people(compared) == [30, 29]


def test_lift_stays_as_it_was_once_the_first_events_are_gone(compared, settings):
    ads.roll_up()
    ads.measure_lifts()
    DailyCount.objects.update(day=timezone.now().date() - dt.timedelta(days=settings.AD_EVENT_DAYS))
    Event.objects.filter(kind="served").delete()
    ads.measure_lifts()
    assert _people(compared) == [30, 30]


def test_lifts_are_measured_a_portion_at_a_time(compared, channel):
    other = make_live(channel)
    click(other, make_user(), kind="served")
    Event.objects.update(at=timezone.now() - dt.timedelta(days=8))
    ads.roll_up()
    assert ads.measure_lifts(limit=1) == compared.pk
    assert list(Lift.objects.values_list("campaign", flat=True)) == [compared.pk]
    assert ads.measure_lifts(after=compared.pk, limit=1) == other.pk
    assert Lift.objects.filter(campaign=other).exists()
    assert ads.measure_lifts(after=other.pk, limit=1) is None


def test_the_report_is_a_page_and_a_file(channel, seller_client, shopper):
    campaign = make_live(channel)
    click(campaign, shopper, kind="impression")
    ads.roll_up()
    html = seller_client.get(reverse("ads:campaign", args=[channel.handle, campaign.pk])).content.decode()
    assert html.count('<svg class="chart"') == 6
    answer = seller_client.get(reverse("ads:campaign_csv", args=[channel.handle, campaign.pk]))
    lines = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert sum(int(line["impressions"]) for line in lines) == 1
    assert set(lines[0]) == {"day", *DailyCount.COUNTS, "spent", "currency"}


@pytest.mark.parametrize(
    ("means", "words"), [((0.4, 0.2), "more"), ((0.2, 0.4), "fewer"), ((0.3, 0.32), "no difference shown yet")]
)
def test_the_report_says_what_the_limits_show(channel, seller_client, means, words):
    campaign = make_live(channel)
    arms = {
        arm: {"people": 500} | dict.fromkeys(report.MEASURES, (500 * mean, mean, mean * (1 - mean)))
        for arm, mean in zip(("picked", "held_out"), means, strict=True)
    }
    Lift.objects.create(campaign=campaign, figures=arms)
    html = seller_client.get(reverse("ads:campaign", args=[channel.handle, campaign.pk])).content.decode()
    assert html.count('<svg class="chart ranges"') == 1
    assert f"New followers: <b>{words}</b>" in html
    assert "However often one looks" in html


def test_old_days_of_events_go_and_counts_stay(channel):
    campaign = make_live(channel)
    click(campaign, "ga", kind="impression")
    Event.objects.update(window_at=timezone.now() - dt.timedelta(days=61))
    click(campaign, "gb", kind="impression")
    ads.prune()
    assert list(Event.objects.values_list("who", flat=True)) == ["gb"]
