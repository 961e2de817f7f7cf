"""The shop tab."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from sellers import services as sellers
from sellers.models import Category
from shop import services
from shop.models import Showcase
from shop.views.tab import greeting
from tests.factories import make_channel, make_picture, make_product_post


def _page(client: Client) -> str:
    return client.get("/").content.decode()


def _channel_shelf(client: Client) -> str:
    return client.get("/channels/shelf/", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    ("hour", "words"),
    [(4, "Good evening, Mina"), (5, "Good morning, Mina"), (12, "Good afternoon, Mina"), (18, "Good evening, Mina")],
)
def test_a_greeting_by_the_time_of_day(hour: int, words: str):
    assert greeting("Mina", dt.datetime(2026, 3, 20, hour, tzinfo=dt.UTC)) == words


def test_a_guest_is_greeted_without_the_time_of_day(db, client: Client, shopper_client: Client):
    assert "Come in, look around" in _page(client)
    assert ", Sara</h1>" in _page(shopper_client)


def test_an_empty_market_says_so_and_offers_to_open_a_channel(taxonomy, client: Client):
    page = _page(client)
    assert "Nobody sells in this market yet" in page
    assert page.count('class="story') == 17


def test_shelves_show_newest_and_trending_of_this_market(taxonomy, channel, shopper, client: Client):
    category = Category.objects.get(slug="tote-bags")
    start = timezone.now() - dt.timedelta(days=2)
    posts = [
        make_product_post(channel, title=f"Cup {n}", category=category, published_at=start + dt.timedelta(hours=n))
        for n in range(12)
    ]
    make_product_post(make_channel(market="eu"), title="Far away")
    sellers.save(person=shopper, product=posts[0].product)
    services.refresh_popularity()
    context = client.get("/").context
    assert [f"Cup {11 - n}<" in card for n, card in enumerate(context["newest"])] == [True] * 6
    assert [">Cup 0<" in card for card in context["trending"]] == [True]
    assert [story.slug for story in context["stories"]] == ["bags"]
    assert "Far away" not in _page(client)


def test_shortcuts_lead_to_lists_with_something_in_them(taxonomy, channel, client: Client):
    make_product_post(channel, condition="handmade", stock=None)
    make_product_post(channel, condition="used")
    chips = client.get("/").context["chips"]
    assert [chip.label for chip in chips] == [
        "Newest", "Trending", "Under $25", "Handmade", "Second-hand", "Made to order",
    ]  # fmt: skip
    totals = [client.get(chip.url).context["listing"].total for chip in chips]
    assert totals == [2, 2, 0, 1, 1, 1]


def test_promotions_of_today_and_of_what_can_be_seen(channel, seller, client: Client):
    post = make_product_post(channel, title="Teapot")
    now, day = timezone.now(), dt.timedelta(days=1)
    for headline, fields in {
        "Now": {"product": post.product, "picture": make_picture()},
        "Channel": {"channel": channel},
        "Over": {"channel": channel, "ends_at": now - day},
        "Soon": {"channel": channel, "starts_at": now + day},
        "Elsewhere": {"channel": channel, "market": "eu"},
        "Draft": {"channel": make_channel(state="draft")},
    }.items():
        Showcase.objects.create(**{"market": "us", "headline": headline} | fields)
    promos = client.get("/").context["showcase"]
    assert [">Now</h2>" in promos[0], ">Channel</h2>" in promos[1], len(promos)] == [True, True, 2]
    Showcase.objects.filter(headline="Now").update(headline="Today")
    assert ">Today</h2>" in client.get("/").context["showcase"][0]
    sellers.suspend_channel(channel=channel, by=seller, reason="because")
    assert client.get("/").context["showcase"] == []


def test_nothing_of_a_hidden_channel_is_shown(channel, seller, client: Client, django_capture_on_commit_callbacks):
    make_product_post(channel, title="Teapot")
    assert "Saffron &amp; Clay" in _page(client)
    assert "Saffron &amp; Clay" in _channel_shelf(client)
    with django_capture_on_commit_callbacks(execute=True):
        sellers.suspend_channel(channel=channel, by=seller, reason="because")
    page = _page(client)
    assert "Saffron &amp; Clay" not in page + _channel_shelf(client)
    assert "Teapot" not in page


def test_channels_come_when_one_scrolls_to_them_and_have_a_page_without_scripts(channel, client: Client):
    make_product_post(channel)
    assert 'hx-get="/channels/shelf/" hx-trigger="revealed"' in _page(client)
    assert _channel_shelf(client).count('<li class="channel-card') == 1
    assert client.get("/channels/shelf/")["Location"] == "/channels/"


@pytest.mark.parametrize(("things", "guest", "person"), [(1, 2, 4), (3, 2, 4)])
def test_a_warm_tab_costs_few_queries(
    things, guest, person, taxonomy, shopper, shopper_client, django_assert_num_queries
):
    for n in range(things):
        channel = make_channel()
        post = make_product_post(channel, title=f"Cup {n}")
        sellers.save(person=shopper, product=post.product)
        Showcase.objects.create(market="us", headline=f"Look {n}", product=post.product)
    services.refresh_popularity()
    for client, queries in ((Client(), guest), (shopper_client, person)):
        client.get("/")
        with django_assert_num_queries(queries):
            assert client.get("/").content.decode().count('<li class="product') == 2 * things
