"""What a channel's payments say of it, on its pages and beside its things."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from payments import selectors as payments
from payments.selectors.trust import Trust
from tests.factories import make_product_post, make_user
from tests.payments.market import ask, bring_to, fill_wallet

pytestmark = pytest.mark.django_db


def sell(channel, *states: str) -> None:
    for state in states:
        buyer = make_user()
        fill_wallet(buyer, 100_00)
        bring_to(ask(channel, buyer), state)


def words_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("count", [1, 3])
def test_released_payments_are_counted_by_one_query(channel, rival_channel, django_assert_num_queries, count):
    sell(channel, *["released"] * count, "held", "refunded", "requested")
    sell(rival_channel, "released")
    with django_assert_num_queries(1):
        found = [payments.get_trust(channel.pk) for _ in range(2)]
    assert found == [Trust(count, None)] * 2


def test_a_rate_needs_ten_payments(channel):
    sell(channel, *["held"] * 8, "split")
    assert payments.get_trust(channel.pk) == Trust(0, None)
    sell(channel, "held")
    cache.clear()
    assert payments.get_trust(channel.pk) == Trust(0, 0.1)


def test_pages_say_how_many_payments_ended_well(client, channel):
    thing = make_product_post(channel).product
    pages = [reverse(f"shop:{name}", args=[channel.handle]) for name in ("channel", "about")]
    pages.append(thing.get_absolute_url())
    shown = [words_of(client.get(page)).count("safe payment") for page in pages]
    assert shown == [0, 0, 0]
    sell(channel, "released")
    cache.clear()
    shown = [words_of(client.get(page)).count("1 safe payment completed") for page in pages]
    assert shown == [1, 1, 1]
    assert "Safe payments completed 1" in words_of(client.get(pages[1]))
    assert "staff had to decide" not in words_of(client.get(pages[1]))


def test_the_about_page_says_how_often_staff_had_to_decide(client, channel):
    cache.set(f"trust:{channel.pk}", Trust(1200, 0.02))
    about = words_of(client.get(reverse("shop:about", args=[channel.handle])))
    assert "Payments that staff had to decide about 2%" in about
