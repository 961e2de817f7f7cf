"""A campaign from the form to its end: what is refused, what staff check, what it needs to run."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ads import services as ads
from ads import tasks
from ads.models import Campaign, CampaignTransition, Creative
from news.models import News
from sellers import services as sellers
from sellers.models import Product
from tests.ads.market import campaign_data
from tests.ads.money import open_line
from tests.conftest import signed_in
from tests.factories import make_product_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_small_crowd_will_do(settings) -> None:
    settings.ADS_LEAST_AUDIENCE = 0


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel, title="Teapot").product


def page(channel, name: str = "campaigns", *more: object) -> str:
    return reverse(f"ads:{name}", args=[channel.handle, *more])


def fields(**changes) -> dict[str, object]:
    today = timezone.now().date()
    return {
        "name": "Spring",
        "product": "",
        "line": "Fresh from the kiln",
        "placements": ["tab", "search"],
        "people": "everybody",
        "funding": "credit",
        "bid_minor": "0.20",
        "daily_budget_minor": "5",
        "total_budget_minor": "20",
        "start_date": today.isoformat(),
        "end_date": (today + dt.timedelta(days=9)).isoformat(),
    } | changes


def steps(campaign: Campaign) -> list[str]:
    return list(campaign.transitions.order_by("pk").values_list("to_status", flat=True))


def accepted(channel, seller, staff, product=None, **data) -> Campaign:
    made = ads.create_campaign(channel=channel, by=seller, data=campaign_data(product, **data))
    ads.submit_campaign(campaign=made, by=seller)
    ads.accept_creative(creative=made.creatives.get(), by=staff)
    made.refresh_from_db()
    return made


def test_the_form_makes_a_campaign_and_sends_it_in(channel, product, seller_client):
    answer = seller_client.post(page(channel, "campaign_new"), fields(product=product.pk, submit="1"))
    campaign = Campaign.objects.get()
    assert answer["Location"] == page(channel, "campaign", campaign.pk)
    assert (campaign.product, campaign.placements, campaign.currency) == (product, ["tab", "search"], "USD")
    assert (campaign.bid_minor, campaign.daily_budget_minor, campaign.total_budget_minor) == (20, 500, 2000)
    assert steps(campaign) == ["draft", "in_review"]
    assert campaign.creatives.values_list("line", "state").get() == ("Fresh from the kiln", "waiting")
    assert campaign.creatives.get().fingerprint != ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bid_minor": "0.01"}, "bid_minor"),
        ({"daily_budget_minor": "0.10"}, "daily_budget_minor"),
        ({"total_budget_minor": "4"}, "total_budget_minor"),
        ({"end_date": "2020-01-01"}, "end_date"),
        ({"placements": []}, "placements"),
        ({"product": "999999"}, "product"),
    ],
)
def test_what_cannot_be_comes_back_with_its_reason(changes, field, channel, seller_client):
    answer = seller_client.post(page(channel, "campaign_new"), fields(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Campaign.objects.exists()


def test_an_audience_of_few_is_refused_with_its_size(channel, seller, shopper, seller_client, settings):
    settings.ADS_LEAST_AUDIENCE = 2
    sellers.follow(person=shopper, channel=channel)
    answer = seller_client.post(page(channel, "campaign_new"), fields(people="followers"))
    assert answer.context["form"].errors["people"][0].startswith("Only 1 person is in this audience; at least 2")
    sellers.follow(person=make_user(), channel=channel)
    assert seller_client.post(page(channel, "campaign_new"), fields(people="followers")).status_code == 302


def test_the_preview_shows_the_ad_and_counts_its_audience(channel, product, shopper, rival, seller_client):
    shown = fields(product=product.pk, line="Half price")
    html = seller_client.post(page(channel, "campaign_preview"), shown, headers={"HX-Request": "true"}).content.decode()
    assert '<span class="badge">Ad</span>' in html
    assert (">Teapot</a>" in html, "Half price" in html) == (True, True)
    assert "2 people with an account are in this audience." in html  # without the team


def test_it_runs_once_staff_accepted_it_if_there_is_money(channel, seller, staff):
    without = accepted(channel, seller, staff)
    assert steps(without) == ["draft", "in_review", "paused"]
    with pytest.raises(ads.NoMoney):
        ads.resume_campaign(campaign=without, by=seller)
    open_line(channel)
    assert ads.resume_campaign(campaign=without, by=seller).status == "running"
    assert accepted(channel, seller, staff).status == "running"


def test_staff_reject_with_a_reason_and_it_can_be_sent_in_again(channel, seller, staff):
    made = ads.create_campaign(channel=channel, by=seller, data=campaign_data())
    ads.submit_campaign(campaign=made, by=seller)
    creative = made.creatives.get()
    with pytest.raises(ads.NoReason):
        ads.reject_creative(creative=creative, by=staff, reason=" ")
    ads.reject_creative(creative=creative, by=staff, reason="The picture shows another thing.")
    with pytest.raises(ads.NotNow):
        ads.accept_creative(creative=creative, by=staff)
    ads.submit_campaign(campaign=made, by=seller)
    made.refresh_from_db()
    assert steps(made) == ["draft", "in_review", "rejected", "in_review"]
    assert list(made.creatives.order_by("pk").values_list("state", flat=True)) == ["rejected", "waiting"]


def test_other_words_or_another_subject_are_checked_anew(channel, seller, staff, product):
    open_line(channel)
    running = accepted(channel, seller, staff)
    ads.edit_campaign(campaign=running, by=seller, data=campaign_data(bid_minor=30))
    running.refresh_from_db()
    assert (running.status, running.bid_minor) == ("running", 30)
    ads.edit_campaign(campaign=running, by=seller, data=campaign_data(product))
    running.refresh_from_db()
    assert (running.status, running.product) == ("in_review", product)
    assert list(running.creatives.order_by("pk").values_list("state", flat=True)) == ["replaced", "waiting"]


def test_a_thing_that_changed_after_it_was_accepted_is_checked_anew(channel, seller, staff, product):
    open_line(channel)
    running = accepted(channel, seller, staff, product)
    Product.objects.update(price_minor=1, stock=1)
    assert ads.review_changed() == 0
    Product.objects.update(title="Rifle")
    assert (ads.review_changed(), ads.review_changed()) == (1, 0)
    running.refresh_from_db()
    assert steps(running) == ["draft", "in_review", "running", "in_review"]
    assert Creative.objects.filter(state="waiting").count() == 1


def test_pausing_resuming_and_ending_leave_rows_that_nobody_changes(channel, seller, staff, seller_client):
    open_line(channel)
    running = accepted(channel, seller, staff)
    for verb in ("pause", "resume", "end", "resume"):
        assert seller_client.post(page(channel, verb, running.pk)).status_code == 302
    assert steps(running) == ["draft", "in_review", "running", "paused", "running", "ended"]
    assert running.transitions.order_by("-pk")[0].by == seller
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignTransition.objects.update(reason="another")
    Campaign.objects.update(
        status="paused", end_date=timezone.now().date() - dt.timedelta(days=2), start_date="2020-01-01"
    )
    assert (ads.end_past(), ads.end_past()) == (1, 0)


def test_an_ad_rests_while_its_audience_is_too_small(channel, seller, staff, seller_client, settings):
    open_line(channel)
    everybody = accepted(channel, seller, staff)
    running = accepted(channel, seller, staff, people="followers")
    fans = [make_user(), make_user()]
    for fan in fans:
        sellers.follow(person=fan, channel=channel)
    settings.ADS_LEAST_AUDIENCE = 2
    assert (ads.renew_audiences(limit=1), ads.renew_audiences(after=running.pk)) == (everybody.pk, None)
    assert steps(running)[-1] == "running"
    sellers.unfollow(person=fans[0], channel=channel)
    for _ in range(2):
        tasks.renew_audiences()
    assert (steps(running)[-2:], steps(everybody)[-1]) == (["running", "paused"], "running")
    assert running.transitions.order_by("-pk")[0].reason.startswith("Only 1 person is in this audience; at least 2")
    assert [(row.kind, row.person) for row in News.objects.filter(kind="ads_audience")] == [("ads_audience", seller)]
    page_ = seller_client.post(page(channel, "resume", running.pk), follow=True).content.decode()
    assert ("Only 1 person is in this audience" in page_, steps(running)[-1]) == (True, "paused")
    sellers.follow(person=fans[0], channel=channel)
    assert ads.resume_campaign(campaign=running, by=seller).status == "running"


def test_the_page_says_what_is_missing(channel, seller, staff, seller_client):
    made = accepted(channel, seller, staff)
    html = seller_client.get(page(channel, "campaign", made.pk)).content.decode()
    assert "There is no credit left for it" in html
    Campaign.objects.update(funding="prepaid")
    assert "Nothing is paid ahead for it" in seller_client.get(page(channel, "campaign", made.pk)).content.decode()
    open_line(channel)
    Campaign.objects.update(funding="credit")
    assert "There is no credit left" not in seller_client.get(page(channel, "campaign", made.pk)).content.decode()


def test_strangers_find_nothing_and_viewers_change_nothing(channel, seller, staff, rival_client, bare_404):
    made = accepted(channel, seller, staff)
    viewer = make_user()
    sellers.add_member(channel=channel, by=seller, contact=viewer.email, role="viewer")
    ours = signed_in(viewer)
    looked = [page(channel), page(channel, "campaign", made.pk), page(channel, "campaign_csv", made.pk)]
    changed = [page(channel, "campaign_new"), page(channel, "campaign_edit", made.pk)]
    assert [rival_client.get(url).status_code for url in looked + changed] == [404] * 5
    assert [ours.get(url).status_code for url in looked + changed] == [200, 200, 200, 404, 404]
    assert ours.post(page(channel, "pause", made.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_few_queries(count, channel, seller, seller_client, django_assert_num_queries):
    for _number in range(count):
        ads.create_campaign(channel=channel, by=seller, data=campaign_data())
    seller_client.get(page(channel))
    with django_assert_num_queries(3):  # session and person, channel, campaigns
        assert seller_client.get(page(channel)).content.decode().count("Spring</a>") == count


def test_staff_find_the_queue_and_decide_in_the_admin(channel, seller, staff_client: Client):
    made = ads.create_campaign(channel=channel, by=seller, data=campaign_data())
    assert "Ads that wait to be checked" not in staff_client.get("/admin/").content.decode()
    ads.submit_campaign(campaign=made, by=seller)
    assert "Ads that wait to be checked" in staff_client.get("/admin/").content.decode()
    url = reverse("admin:ads_creative_changelist")
    assert "Fresh from the kiln" in staff_client.get(url + "?state__exact=waiting").content.decode()
    chosen = {"action": "reject", "_selected_action": [made.creatives.get().pk], "reason": "Too loud."}
    assert staff_client.post(url, chosen).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.creatives.get().reason) == ("rejected", "Too loud.")


def test_staff_accept_many_at_once_and_read_what_was_refused(channel, seller, staff_client: Client, product):
    open_line(channel)
    made = [ads.create_campaign(channel=channel, by=seller, data=campaign_data(one)) for one in (None, product)]
    for one in made:
        ads.submit_campaign(campaign=one, by=seller)
    Product.objects.update(title="Rifle")  # another thing than was sent in
    chosen = {"action": "accept", "_selected_action": [one.creatives.get().pk for one in made]}
    page = staff_client.post(reverse("admin:ads_creative_changelist"), chosen, follow=True).content.decode()
    assert ("1 ad decided." in page, "Look at the campaign as it is now." in page) == (True, True)
    assert list(Campaign.objects.order_by("pk").values_list("status", flat=True)) == ["running", "in_review"]
