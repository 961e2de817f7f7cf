"""Her no to things and channels: at once, undoable, listed."""

import pytest
from django.test import Client
from django.urls import reverse

from recommender import selectors, services
from recommender.lookers import Looker
from recommender.models import HiddenChannel, Refusal
from sellers import services as sellers
from tests.factories import make_channel, make_product_post
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
HTMX = BROWSER | {"HX-Request": "true"}
HIDDEN = reverse("shop:hidden")


def test_hiding_a_channel_takes_all_of_it_away_and_undo_brings_it_back(shopper_client, shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    channel = market.cups[1].channel
    answer = shopper_client.post(reverse("shop:hide_seller", args=[market.cups[1].pk]), headers=HTMX)
    assert answer["HX-Trigger"] == '{"refused": {"target": "body"}}'
    html = answer.content.decode()
    assert f"{channel.name} is hidden<" in html
    undo = f"/@{channel.handle}/hide/?on=0&undo=1"
    assert f'hx-post="{undo.replace("&", "&amp;")}"' in html
    shelf = shopper_client.get(reverse("shop:picks"), headers=HTMX).content.decode()
    assert (channel.name in shelf, market.cups[2].channel.name in shelf) == (False, True)
    again = shopper_client.post(undo, headers=HTMX).content.decode()
    assert (f"{channel.name} may be picked for you again." in again, "Undo" in again) == (True, False)
    assert HiddenChannel.objects.count() == 0


def test_who_is_not_known_takes_nothing_back(shopper):
    product = make_product_post(make_channel(market="us")).product
    for looker in (Looker(shopper.pk), Looker(guest="g")):
        services.refuse(looker=looker, product=product)
        services.hide_channel(looker=looker, channel=product.channel)
    services.take_back_refusal(looker=Looker(), product=product)
    services.show_channel(looker=Looker(), channel=product.channel)
    assert (Refusal.objects.count(), HiddenChannel.objects.count()) == (2, 2)


def test_without_scripts_it_is_a_page_and_a_form(channel):
    guest, url = Client(headers=BROWSER), reverse("shop:hide", args=["saffron_clay"])
    asked = guest.get(url).content.decode()
    assert "Pick nothing of Saffron &amp; Clay for you again?" in asked
    assert guest.post(url, {"next": "/channels/"})["Location"] == "/channels/"
    key = HiddenChannel.objects.get().guest
    assert guest.session["guest"]["key"] == key
    assert "Saffron &amp; Clay" in guest.get(HIDDEN).content.decode()
    assert guest.post(f"{url}?on=0", {"next": HIDDEN})["Location"] == HIDDEN
    assert "Nothing is hidden" in guest.get(HIDDEN).content.decode()


def test_one_page_lists_all_that_is_hidden_and_can_still_be_seen(shopper_client, shopper, channel, rival_channel):
    looker, closed = Looker(shopper.pk), make_channel()
    things = [make_product_post(channel, title=f"Cup {n}").product for n in range(26)]
    for product in things:
        services.refuse(looker=looker, product=product)
    for each in (rival_channel, closed):
        services.hide_channel(looker=looker, channel=each)
    sellers.suspend_channel(channel=closed, by=shopper, reason="because")
    type(things[0]).objects.filter(pk=things[25].pk).update(is_listed=False)
    page = shopper_client.get(HIDDEN)
    assert [shown.title for shown in page.context["products"]] == [f"Cup {n}" for n in range(24, 0, -1)]
    assert page.context["channels"] == [rival_channel]
    rest = shopper_client.get(f"{HIDDEN}?after={page.context['page'].next_cursor}", headers=HTMX).content.decode()
    assert (">Cup 0<" in rest, "<h1" in rest, "Rival House" in rest) == (True, False, False)
    shopper_client.post(f"{reverse('shop:refuse', args=[things[24].pk])}?on=0")
    assert Refusal.objects.count() == 25
    assert shopper_client.get(f"{HIDDEN}?after=x").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_do_not_grow(shopper_client, shopper, count, django_assert_num_queries):
    for _ in range(count):
        product = make_product_post(make_channel()).product
        services.refuse(looker=Looker(shopper.pk), product=product)
        services.hide_channel(looker=Looker(shopper.pk), channel=product.channel)
    with django_assert_num_queries(5):  # session and person, refusals, products, hidden channels, channels
        shopper_client.get(HIDDEN)


def _shelf(client: Client, query: str = "") -> str:
    return client.get(f"{reverse('shop:channel_shelf')}{query}", headers=HTMX).content.decode()


def test_the_shelf_of_channels_is_hers_with_reasons_and_takes_no_for_an_answer(shopper_client, shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    channel = market.channels[0]
    html = _shelf(shopper_client)
    assert html.count("Because you looked at “Cup 0”.") == 2 * 3
    url = reverse("shop:hide", args=[channel.handle])
    assert f'hx-post="{url}"' in html
    shopper_client.post(url, headers=HTMX)
    assert (channel.name in _shelf(shopper_client), market.channels[1].name in _shelf(shopper_client)) == (False, True)


def test_who_did_nothing_yet_sees_the_most_followed(client, channel):
    make_product_post(channel)
    html = _shelf(client)
    assert ("Saffron &amp; Clay" in html, "Not interested" in html) == (True, False)


def test_below_the_feed_of_who_follows_few_stand_channels(shopper_client, shopper):
    channels = [make_product_post(make_channel()).channel for _ in range(6)]
    sellers.follow(person=shopper, channel=channels[0])
    assert f'hx-get="{reverse("shop:channel_shelf")}?few"' in shopper_client.get("/feed/").content.decode()
    html = _shelf(shopper_client, "?few")
    assert [each.name in html for each in channels] == [False] + [True] * 5
    assert "Well liked these days." in html
    for each in channels[1:5]:
        sellers.follow(person=shopper, channel=each)
    assert _shelf(shopper_client, "?few") == ""


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_shelf_do_not_grow(shopper_client, shopper, count, django_assert_num_queries):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:count])
    _shelf(shopper_client)
    # session and person; history, taboo, choice, titles; channels, taboo, follows, the most followed; cards, their pictures
    with django_assert_num_queries(10):
        _shelf(shopper_client)


def test_an_empty_feed_offers_them_too(client, channel):
    make_product_post(channel)
    html = client.get("/feed/").content.decode()
    assert ("Your feed is empty" in html, "Channels worth a follow" in html) == (True, True)
    client.post(reverse("shop:hide", args=[channel.handle]))
    assert 'href="/@saffron_clay/"' not in client.get("/feed/").content.decode()
    assert selectors.get_hidden_channel_ids(Looker(guest=client.session["guest"]["key"])) == [channel.pk]
