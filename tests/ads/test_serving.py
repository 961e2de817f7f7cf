"""Which ad a page's place gets: labeled, for who is in the audience, and never what cannot be had."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from ads import services as ads
from ads import tasks, tokens
from ads.models import Campaign, CreditLine, Event, LookAlike, Statement
from ads.selectors.live import live, market_now
from core import outbox
from sellers import services as sellers
from sellers.models import Channel, Product
from tests.ads.market import BROWSER, HTMX, click, make_live
from tests.ads.money import open_line, spend
from tests.factories import make_category, make_channel, make_product_post
from tests.payments.market import ask, bring_to, fill_wallet, fresh

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def product(channel) -> Product:
    return make_product_post(channel, title="Teapot", category=make_category(slug="teapots")).product


def ad(client: Client, place: str = "tab", url: str = "http://testserver/", **params) -> str:
    headers = HTMX | {"HX-Current-URL": url}
    return client.get(reverse("shop:ad", args=[place]), params, headers=headers).content.decode()


def click_address(html: str) -> str:
    return re.findall(r'href="(/ads/click/[^"]+)"', html)[0]


def kinds() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("id").values_list("kind", "reason"))


def test_an_ad_is_labeled_and_leads_to_the_thing(product, channel, shopper, shopper_client):
    campaign = make_live(channel, product)
    html = ad(shopper_client)
    assert html.count('<li class="product ad') == 1
    assert '<span class="badge">Ad</span>' in html
    assert ">Teapot</a>" in html
    answer = shopper_client.get(click_address(html), headers=BROWSER)
    assert answer["Location"] == f"{product.get_absolute_url()}?ad={campaign.pk}"  # visits look for what led to them
    seen = re.findall(r'hx-post="(/ads/seen/[^"]+)"', html)[0]
    assert [shopper_client.post(seen, headers=BROWSER).status_code for _again in range(2)] == [204, 204]
    rows = Event.objects.order_by("id").values_list("kind", "who", "person", "reason", "price_minor", "repeats")
    who = (f"p{shopper.pk}", shopper.pk, "")
    assert list(rows) == [("served", *who, 0, 0), ("click", *who, 5, 0), ("impression", *who, 0, 1)]


def test_a_channel_is_shown_by_its_things_and_opened(product, channel, shopper_client):
    campaign = make_live(channel)
    html = ad(shopper_client)
    assert ">Saffron &amp; Clay</a>" in html
    assert (html.count('<li class="product ad'), html.count('<span class="badge">Ad</span>')) == (1, 1)
    assert shopper_client.get(click_address(html), headers=BROWSER)["Location"] == f"/@saffron_clay/?ad={campaign.pk}"


def test_guests_see_ads_and_are_counted_once(product, channel):
    make_live(channel, product)
    for _again in range(2):
        assert ">Teapot</a>" in ad(Client())
    assert list(Event.objects.values_list("kind", "person", "repeats")) == [("served", None, 1)]


@pytest.mark.parametrize("gone", ["sold out", "archived", "channel on holiday", "there already", "refused"])
def test_never_what_cannot_be_had_or_stands_there(gone, product, channel, seller, shopper, shopper_client):
    make_live(channel, product)
    assert ">Teapot</a>" in ad(shopper_client)
    shown = {}
    if gone == "sold out":
        Product.objects.update(stock=0)
    elif gone == "archived":
        sellers.archive_post(post=product.post, by=seller)
    elif gone == "channel on holiday":
        sellers.suspend_channel(channel=channel, by=seller, reason="because")
    elif gone == "refused":
        shopper_client.post(reverse("shop:refuse", args=[product.pk]))
    else:
        shown = {"shown": f"7,{product.pk}"}
    assert ad(shopper_client, **shown) == ""


def test_off_for_the_team_and_clicks_of_team_staff_and_robots_are_kept_unbilled(
    product, channel, shopper_client, seller_client, staff_client
):
    make_live(channel, product)
    address = click_address(ad(shopper_client))
    assert ad(seller_client) == ""
    Event.objects.all().delete()
    for client, agent, reason in (
        (seller_client, BROWSER, "team"),
        (staff_client, BROWSER, "staff"),
        (Client(), {"user-agent": "Googlebot/2.1"}, "robot"),
    ):
        assert client.get(address, headers=agent).status_code == 302
        assert kinds() == [("click", reason)]
        Event.objects.all().delete()
    shopper_client.get(address, headers=BROWSER | {"Sec-Purpose": "prefetch"})
    assert kinds() == []


def test_a_late_click_is_kept_unbilled_and_a_made_up_one_found_nowhere(product, channel, shopper_client):
    make_live(channel, product)
    given = tokens.read(click_address(ad(shopper_client)).split("/")[-2])
    late = tokens.make(given._replace(at=given.at - tokens.SECONDS - 1))
    address = reverse("ads:click", args=[late])
    shopper_client.get(address, headers=BROWSER)
    assert kinds()[-1] == ("click", "late")
    assert shopper_client.get(address[:-2] + "/").status_code == 404


def test_who_is_held_out_sees_none_and_what_she_would_have_seen_is_kept(product, channel, shopper_client, settings):
    make_live(channel, product)
    settings.ADS_HOLDOUT_SHARE = 1
    assert ad(shopper_client) == ""
    assert kinds() == [("withheld", "")]
    assert ">Teapot</a>" in ad(Client())  # of who is not known nobody knows what she does next


def test_one_ad_is_given_to_a_viewer_four_times_a_day(product, channel, shopper_client):
    make_live(channel, product)
    assert [">Teapot</a>" in ad(shopper_client) for _again in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize("people", ["followers", "look_alikes"])
def test_only_for_the_audience(people, product, channel, shopper, shopper_client, rival_client):
    campaign = make_live(channel, product, people=people)
    if people == "followers":
        sellers.follow(person=shopper, channel=channel)
    else:
        LookAlike.objects.create(campaign=campaign, person=shopper)
    assert [bool(ad(client)) for client in (shopper_client, rival_client)] == [True, False]


def test_pages_get_ads_of_what_they_are_about(product, channel, shopper_client):
    make_live(channel, product)
    other = make_product_post(make_channel(), category=product.category, title="Kettle").product
    far = make_product_post(make_channel(), title="Bicycle").product
    base = "http://testserver"
    assert [
        bool(ad(shopper_client, "category", f"{base}/c/teapots/")),
        bool(ad(shopper_client, "category", f"{base}/c/{far.category.slug}/")),
        bool(ad(shopper_client, "product", base + other.get_absolute_url())),
        bool(ad(shopper_client, "product", base + far.get_absolute_url())),
        bool(ad(shopper_client, "product", base + product.get_absolute_url())),
        bool(ad(shopper_client, "search", f"{base}/search/?q=kettle", shown=f"{other.pk}")),
        bool(ad(shopper_client, "search", f"{base}/search/?q=bike", shown=f"{far.pk}")),
    ] == [True, False, True, False, False, True, False]


def test_it_stops_when_the_days_money_is_gone(product, channel, shopper_client, rival_client):
    open_line(channel)
    make_live(channel, product, bid_minor=10, daily_budget_minor=10)
    shopper_client.get(click_address(ad(shopper_client)), headers=BROWSER)
    Event.objects.update(price_minor=10)
    tasks.charge()
    live._looked_at = 0  # the seconds until it looks again
    assert ad(rival_client) == ""


@pytest.mark.parametrize("market", ["us", "tw"])  # behind the servers' clock, and ahead of it
@pytest.mark.parametrize(("first", "last", "shown"), [(-2, 0, True), (0, 2, True), (1, 2, False), (-2, -1, False)])
def test_an_ad_is_given_on_the_days_of_its_market(market, first, last, shown, shopper, shopper_client):
    User.objects.filter(pk=shopper.pk).update(market=market)
    channel = make_channel(market=market)
    campaign = make_live(channel, make_product_post(channel).product)
    days = {"start_date": market_now(market).date() + first * DAY, "end_date": market_now(market).date() + last * DAY}
    Campaign.objects.filter(pk=campaign.pk).update(**days)
    live.forget()
    assert bool(ad(shopper_client)) is shown


@pytest.mark.parametrize(
    ("total", "days"),
    [
        (100, [-1, 0]),  # a day's budget begins anew on the next
        (20, [-2, -1]),  # the whole one does not
    ],
)
def test_it_is_given_until_a_budget_is_spent(total, days, product, channel, shopper_client):
    open_line(channel)
    campaign = make_live(channel, product, bid_minor=10, daily_budget_minor=10, total_budget_minor=total)
    shown = []
    for day in days:
        click(campaign, f"g{day}", day=market_now(channel.market).date() + day * DAY)
        tasks.charge()
        live.forget()
        shown.append(bool(ad(shopper_client)))
    campaign.refresh_from_db()
    assert (shown, campaign.spent_minor) == ([True, False], 20)


def late_statement(line: CreditLine) -> Statement:
    """Of 40.00, past its day."""
    now = timezone.now()
    return Statement.objects.create(
        line=line, number=1, currency=line.currency, period_start=line.period_start, period_end=now, due_at=now - DAY,
        spent_minor=40_00, fee_minor=0,
    )  # fmt: skip


@pytest.mark.parametrize("why", ["closed", "late", "written_off"])
def test_a_line_that_gives_nothing_shows_nothing_until_it_gives_again(
    why, product, channel, staff, shopper, shopper_client, django_capture_on_commit_callbacks
):
    line = open_line(channel)
    spend(make_live(channel, product), 40_00)

    def is_shown() -> bool:
        live._looked_at = 0  # the seconds until it looks again
        return ">Teapot</a>" in ad(shopper_client)

    def do(act, **words) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            act(**words)

    assert is_shown()
    if why == "closed":
        do(ads.close_line, line=line, by=staff, reason="Odd")
    else:
        statement = late_statement(line)
        do(ads.mark_late)
        if why == "written_off":
            assert not is_shown()
            do(ads.write_off, statement=statement, by=staff, reason="Moved away")
    assert (fresh(line).status, is_shown()) == (why, False)
    if why == "late":
        fill_wallet(shopper, 100_00)
        bring_to(ask(channel, shopper, 100_00), "released")
        do(outbox.deliver_due, topic="payments.transition")
    else:
        do(ads.reopen_line, line=line, by=staff, reason="Fine")
    assert (fresh(line).status, is_shown()) == ("active", True)


def test_an_ad_that_was_paid_ahead_needs_no_line(product, channel, staff, shopper_client):
    ads.close_line(line=open_line(channel), by=staff, reason="Odd")
    make_live(channel, product, funding="prepaid")
    assert ">Teapot</a>" in ad(shopper_client)


@pytest.mark.parametrize("count", [1, 3])
def test_an_ad_costs_few_queries(count, channel, shopper_client, django_assert_num_queries):
    for n in range(count):
        make_live(channel, make_product_post(channel, title=f"Pot {n}").product)
    ad(shopper_client)
    with django_assert_num_queries(
        5
    ):  # session and person, how often she saw which, what may be shown, its card, written
        assert "Pot" in ad(shopper_client)
    with django_assert_num_queries(4):
        assert "Pot" in ad(Client())


def test_every_page_asks_for_its_ad_once_it_is_in_sight(product, channel, client, indexed):
    with indexed():
        make_product_post(channel, title="Kettle")
    pages = {
        "tab": "/",
        "category": product.category.get_absolute_url(),
        "product": product.get_absolute_url(),
        "search": "/search/?q=kettle",
    }
    for place, address in pages.items():
        slot = f'<div hx-get="/ads/{place}/" hx-trigger="revealed"></div>'
        assert client.get(address).content.decode().count(slot) == 1, place


def test_a_channel_on_holiday_shows_no_ads_by_the_clock(product, channel, seller, shopper_client):
    make_live(channel, product)
    for begins, ends, shown in ((1, 2, 1), (-1, 1, 0), (-2, -1, 1)):
        now = timezone.now()
        days = {"holiday_from": now + begins * DAY, "holiday_until": now + ends * DAY}
        Channel.objects.filter(pk=channel.pk).update(state="holiday", **days)
        live.forget()
        assert ad(shopper_client).count(">Teapot</a>") == shown
