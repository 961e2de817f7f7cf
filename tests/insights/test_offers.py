"""The seller services page."""

import re
from datetime import date

import pytest
from django.test import Client

from insights import services
from insights.models import CardMark
from insights.selectors import offers
from recommender.lookers import Looker
from tests.conftest import signed_in
from tests.insights.conftest import make_smoke_test

PAGE = "/dashboard/saffron_clay/services/"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def client(seller, channel) -> Client:
    client = signed_in(seller)
    client.defaults["HTTP_USER_AGENT"] = BROWSER["User-Agent"]
    return client


def titles(client: Client) -> list[str]:
    return re.findall(r'<h2><a href="[^"]+">([^<]+)', client.get(PAGE).content.decode())


@pytest.mark.parametrize("count", [1, 3])
def test_a_card_for_each_service(client, staff, count, django_assert_num_queries):
    for n in range(count):
        services.start_test(smoke=make_smoke_test(slug=f"test-{n}"), by=staff)
    client.get(PAGE)
    # session and person, channel; payments, campaigns, applications, live ones, tests, pages
    with django_assert_num_queries(8):
        page = client.get(PAGE).content.decode()
    assert page.count('class="service"') == count + 3
    assert page.count("An idea") == count
    assert 'aria-current="page"' in page


def test_payment_and_both_kinds_of_ads_have_their_cards(client):
    page = client.get(PAGE).content.decode()
    cards = re.findall(r'<h2><a href="/dashboard/saffron_clay/services/([^"]+)/"[^>]*>([^<]+)', page)
    assert cards == [
        ("secure-payment", "Secure payment"), ("official-ads", "Official ads"), ("credit-ads", "Credit ads"),
    ]  # fmt: skip
    places = [client.get(f"{PAGE}{key}/").headers["Location"] for key, _title in cards]
    assert places == [f"/dashboard/saffron_clay/{page}/" for page in ("money", "ads", "ads/credit")]


def test_a_service_whose_page_is_missing_has_no_card(channel):
    assert offers.find_page("payments:desk", channel) == "/dashboard/saffron_clay/money/"
    assert offers.find_page("shop:tab", channel) == "/"
    assert offers.find_page("ads:nothing_of_the_kind", channel) == ""


def test_a_card_says_where_the_channel_stands(client, running, seller, channel):
    assert "Tell us if you want it" in client.get(PAGE).content.decode()
    services.apply(smoke=running, looker=Looker(seller.pk), answers={}, uploads=[], language="en", channel=channel)
    assert "Received" in client.get(PAGE).content.decode()


def test_a_test_that_became_a_service_leads_there(client, running, staff):
    services.turn_live(smoke=running, by=staff, url="/rent/")
    assert "Rent out your things" in titles(client)
    assert client.get(f"{PAGE}rent/").headers["Location"] == "/rent/"


def test_cards_count_once_a_person_a_day(client, running, at_once, rival, rival_channel):
    for _ in range(2):
        client.get(PAGE)
        assert client.get(f"{PAGE}rent/").headers["Location"] == "/services/rent/?channel=saffron_clay"
    other = signed_in(rival)
    other.get("/dashboard/rival_house/services/", headers=BROWSER)
    figures = {row.service: (row.seen_total, row.opened_total) for row in offers.get_card_figures()}
    assert (figures["rent"], figures["secure-payment"]) == ((2, 1), (2, 0))
    services.note_cards(person_id=rival.pk, services=["rent"], kind="seen", day=date(2020, 1, 1))
    assert CardMark.objects.filter(service="rent", kind="seen").count() == 3
    assert services.forget_old_marks(limit=10) == 1


def test_staff_and_robots_are_not_counted(client, at_once, staff_client, staff, channel):
    channel.members.create(person=staff, role="viewer")
    staff_client.get(PAGE, headers=BROWSER)
    client.get(PAGE, headers={"User-Agent": "Googlebot/2.1"})
    assert CardMark.objects.count() == 0


def test_strangers_find_nothing(rival_client, channel, shopper_client, client):
    assert rival_client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}unknown/").status_code == 404
    assert client.get("/dashboard/services/").headers["Location"] == PAGE
    assert shopper_client.get("/dashboard/services/").headers["Location"] == "/dashboard/open/"


@pytest.mark.parametrize("count", [1, 3])
def test_staff_see_cards_drawn(staff_client, seller, count, django_assert_num_queries):
    for n in range(count):
        services.note_cards(person_id=seller.pk, services=[f"s{n}"], kind="seen", day=date.today())  # noqa: DTZ011
    staff_client.get("/admin/insights/cardmark/")
    with django_assert_num_queries(9):
        page = staff_client.get("/admin/insights/cardmark/").content.decode()
    assert page.count('class="spark"') == count
