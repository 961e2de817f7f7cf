"""What one looked at last, on a page and as the shelf of the shop tab."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from shop import history
from tests.factories import make_category, make_product_post

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
URL = "/me/recent/"


def titles(html: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a href="[^"]*">([^<]*)</a></h3>', html)


def test_the_last_come_first_for_guests_and_people(client, channel, shopper, shopper_client):
    kind = make_category()
    products = [make_product_post(channel, title=f"Thing {number}", category=kind).product for number in range(14)]
    for visitor in (client, shopper_client):
        for product in products:
            visitor.post(reverse("shop:seen", args=[product.pk]))
        newest_first = [f"Thing {number}" for number in range(13, -1, -1)]
        assert titles(visitor.get(URL).content.decode()) == newest_first
        assert titles(visitor.get(URL, headers=HTMX).content.decode()) == newest_first[:12]
        visitor.post(reverse("shop:forget_views"))
        assert titles(visitor.get(URL).content.decode()) == []


def test_who_looked_at_nothing_has_no_shelf_and_begins_no_session(django_assert_num_queries):
    guest = Client()
    with django_assert_num_queries(0):
        assert guest.get(URL, headers=HTMX).content.decode().strip() == ""
    assert "sessionid" not in guest.cookies
    assert "Nothing looked at yet" in guest.get(URL).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_shelf_asks_a_constant_number_of_times(count, shopper, shopper_client, channel, django_assert_num_queries):
    from django.utils import timezone

    products = [make_product_post(channel).product.pk for _ in range(count)]
    history.record_views(person=shopper, views=[(pk, timezone.now()) for pk in products])
    shopper_client.get(URL, headers=HTMX)
    with django_assert_num_queries(4):  # session and person, views, rows of cards, hearts
        shopper_client.get(URL, headers=HTMX)


def test_the_shop_tab_asks_for_it_when_somebody_scrolls_there(client, channel):
    make_product_post(channel)
    assert f'<div hx-get="{URL}" hx-trigger="revealed"></div>' in client.get("/").content.decode()
