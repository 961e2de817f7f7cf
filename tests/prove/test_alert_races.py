"""Many workers at once tell who waits: each once, and an alert is gone with the news of it."""

import os

import pytest

from news.models import News
from sellers.models import Product
from shop import alerts
from shop.models import Alert
from tests.factories import make_channel, make_product_post, make_user
from tests.prove.test_races import at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
ROUNDS = 1 if os.environ.get("SHORT") == "1" else 3


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_each_is_told_exactly_once(round_: int):
    product = make_product_post(make_channel(), stock=0).product
    people = [make_user() for _ in range(12)]
    for person in people:
        alerts.ask(person=person, product=product, variant=None, kind="back")
    Product.objects.filter(pk=product.pk).update(stock=1)
    assert at_once(lambda _number: alerts.tell_due(product_ids=[product.pk], limit=3), 16) == []
    while alerts.tell_due():
        pass
    assert sorted(News.objects.filter(kind="thing_back").values_list("person", flat=True)) == [one.pk for one in people]
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_asking_at_once_is_asking_once_and_keeps_the_limit(round_: int, monkeypatch):
    monkeypatch.setattr(alerts, "MOST", 3)
    person, channel = make_user(), make_channel()
    products = [make_product_post(channel, stock=0).product for _ in range(6)]

    def ask(number: int) -> None:
        try:
            alerts.ask(person=person, product=products[number % 6], variant=None, kind="back")
        except alerts.TooManyAlerts:
            return

    assert at_once(ask, 18) == []
    assert Alert.objects.filter(person=person).count() == 3
