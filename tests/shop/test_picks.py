"""Picked for you: on the shop tab and on a page, with its reason, and not what she refused."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from recommender.models import Exposure, Impression, Interaction, Refusal
from recommender.selectors import picks
from shop import guests
from tests.factories import make_channel, make_product_post
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
HTMX = BROWSER | {"HX-Request": "true"}


@pytest.fixture
def guest() -> Client:
    return Client(headers=BROWSER)


def shelf(client: Client) -> str:
    return client.get(reverse("shop:picks"), headers=HTMX).content.decode()


def test_a_guest_who_looks_gets_a_shelf_that_says_why(guest):
    market = make_market()
    make_table()
    assert "<li" not in shelf(guest)
    assert 'hx-trigger="saved from:body' in shelf(guest)  # her first heart brings it
    guest.post(reverse("shop:seen", args=[market.cups[0].pk]))
    found = shelf(guest)
    assert "Because you looked at “Cup 0”" in found
    assert ">Cup 0<" not in found
    assert [f">Cup {n}<" in found for n in range(1, 5)] == [True] * 4
    assert found.index(">Cup 1<") < found.index(">Pot ")


@pytest.mark.parametrize("lacking", [1, 2])
def test_what_is_there_to_be_seen_says_so_however_many_lack(guest, settings, lacking):
    settings.CHANNEL_IMPRESSIONS = 10
    market = make_market(count=10)
    make_table()
    for channel in market.channels:
        Exposure.objects.create(channel=channel, market="us", shown=10)
    for _ in range(lacking):
        new = make_product_post(make_channel(market="us"), category=market.pots[0].category).product
        Exposure.objects.create(channel=new.channel, market="us", shown=0)
    guest.post(reverse("shop:seen", args=[market.cups[0].pk]))
    assert shelf(guest).count("Chosen by chance, so that every channel is seen.") == 1
    assert Impression.objects.get(slot=picks.EXPLORE_AT).probability == 1 / lacking


def test_who_is_held_out_sees_what_is_popular_under_its_name(guest, settings):
    market = make_market()
    make_table()
    guest.post(reverse("shop:seen", args=[market.cups[0].pk]))
    settings.HOLDOUT_SHARE = 1
    found = shelf(guest)
    assert ("Popular now" in found, "Picked for you" in found, "Because you looked" in found) == (True, False, False)
    assert set(Impression.objects.values_list("arm", flat=True)) == {"held_out"}


def test_not_interested_removes_and_is_kept_after_signing_up(guest, shopper):
    market = make_market()
    make_table()
    guest.post(reverse("shop:seen", args=[market.cups[0].pk]))
    answer = guest.post(reverse("shop:refuse", args=[market.cups[1].pk]), headers=HTMX).content.decode()
    assert "<li" not in answer
    assert "You will not see it here again." in answer
    assert ">Cup 1<" not in shelf(guest)

    from accounts.signals import guest_joined

    guest_joined.send(sender=None, person=shopper, guest=guest.session[guests.KEY])
    guest.force_login(shopper)
    found = shelf(guest)
    assert "Because you looked at “Cup 0”" in found
    assert ">Cup 1<" not in found
    guest.post(f"{reverse('shop:refuse', args=[market.cups[1].pk])}?on=0")
    assert ">Cup 1<" in shelf(guest)
    assert Refusal.objects.count() == 0


def test_without_scripts_it_is_a_page_and_a_form(guest):
    market = make_market()
    make_table()
    page = guest.get(reverse("shop:picks"))
    assert page.status_code == 200
    assert "Why this?" in page.content.decode()
    url = reverse("shop:refuse", args=[market.cups[0].pk])
    assert "Never pick “Cup 0” for you again?" in guest.get(url).content.decode()
    assert guest.post(url)["Location"] == reverse("shop:picks")
    assert ">Cup 0<" not in guest.get(reverse("shop:picks")).content.decode()


def test_the_page_goes_on_with_others_and_their_places(shopper_client, shopper):
    market = make_market(count=20)
    make_table()
    look(shopper, market.cups[0])
    found: list[str] = []
    page = shopper_client.get(reverse("shop:picks"), headers=BROWSER).content.decode()
    while more := re.search(r'hx-get="(/picks/\?without=[^"]+)"', page):
        found += re.findall(r'id="why-(\d+)"', page)
        page = shopper_client.get(more[1], headers=HTMX).content.decode()
        assert "<symbol" not in page  # the first page has them
    found += re.findall(r'id="why-(\d+)"', page)
    assert len(found) == len(set(found)) == 39  # all but what she looked at
    logged = Impression.objects.order_by("slot").values_list("product_id", flat=True)
    assert [str(pk) for pk in logged] == found
    assert "<symbol" in shopper_client.get(f"/picks/?without={found[0]}").content.decode()  # without scripts


def test_a_list_that_follows_a_refusal_is_as_long_as_before(shopper_client):
    make_market(count=20)
    anew = HTMX | {"HX-Target": "div#picked"}
    for count, shown in (("32", 32), ("3", 16), ("x", 16), ("9999", 40)):
        page = shopper_client.get(reverse("shop:picks"), {"count": count}, headers=anew).content.decode()
        assert len(re.findall(r'id="why-', page)) == shown


@pytest.mark.parametrize("without", ["x", "1,", "0", "-1", "1;2", "9" * 30])
def test_who_names_no_things_begins_at_the_first(shopper_client, without):
    make_market()
    page = shopper_client.get(reverse("shop:picks"), {"without": without})
    assert (page.status_code, len(page.context["cards"])) == (200, 10)


def test_an_empty_market_has_a_page(guest):
    assert "Nothing to pick from yet" in guest.get(reverse("shop:picks")).content.decode()


def test_what_was_shown_is_logged_with_its_place(shopper_client, shopper):
    market = make_market()
    look(shopper, market.cups[0])
    shown = re.findall(r'id="why-(\d+)"', shelf(shopper_client))
    logged = Impression.objects.order_by("slot").values_list("product_id", "slot", "place", "person")
    assert list(logged) == [(int(pk), slot, "picks", shopper.pk) for slot, pk in enumerate(shown)]
    shopper_client.get(reverse("shop:picks"), headers={"user-agent": "Googlebot/2.1"})
    assert Impression.objects.count() == len(shown)


def test_saving_asks_for_the_shelf_anew(shopper_client, shopper):
    market = make_market()
    answer = shopper_client.post(reverse("shop:save", args=[market.cups[0].pk]), headers=HTMX)
    assert answer["HX-Trigger"] == '{"saved": {"target": "body"}}'
    assert list(Interaction.objects.filter(person=shopper).values_list("kind", flat=True)) == ["save"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(shopper_client, shopper, count, django_assert_num_queries):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:count])
    shelf(shopper_client)
    # session and person, what may be shown; so small a market is looked at whole: what is taboo, what is popular; rows of
    # the cards, hearts, impressions
    with django_assert_num_queries(7):
        shelf(shopper_client)


def test_similar_things_of_a_person_leave_out_what_she_may_not_see(shopper_client, shopper):
    market = make_market()
    make_table()
    url = market.cups[0].get_absolute_url()
    assert len(shopper_client.get(url).context["similar"]) > 2
    shopper_client.post(reverse("shop:refuse", args=[market.cups[1].pk]))
    assert not any(">Cup 1<" in card for card in shopper_client.get(url).context["similar"])
