"""Who waits for a thing is told once: when it is back, or costs less than when she asked."""

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import limits, outbox
from news.models import News
from sellers import services as sellers
from sellers.models import Channel, Product, Variant
from shop import alerts, receivers
from shop.models import Alert
from tests.core.test_outbox import asked_to_deliver
from tests.factories import make_category, make_product_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(channel) -> Product:
    """A pot that is sold out."""
    return make_product_post(channel, title="Pot", stock=0, price_minor=2000).product


def back(product: Product, stock: int = 3) -> None:
    Product.objects.filter(pk=product.pk).update(stock=stock)


def url_of(product: Product, kind: str = "back") -> str:
    return f"{reverse('shop:alert', args=[product.pk])}?kind={kind}"


def links() -> list[str]:
    """What the letters sent so far lead to first."""
    return [re.findall(r"https?://[^/]+(/\S+)", letter.body)[0] for letter in mail.outbox]


def ask_as_guest(product: Product, email: str = "guest@example.com", kind: str = "back") -> None:
    alert = alerts.ask_as_guest(product=product, variant=None, kind=kind, language="en", email=email)
    alerts.confirm(alert=alert)


def test_a_person_is_told_once_by_her_ways(shopper, shopper_client, gone):
    EmailAddress.objects.create(user=shopper, email=shopper.email, verified=True, primary=True)
    assert f'href="{url_of(gone)}"' in shopper_client.get(gone.get_absolute_url()).content.decode()
    assert shopper_client.post(url_of(gone))["Location"] == gone.get_absolute_url()
    assert alerts.tell_due() == 0
    back(gone)
    assert [alerts.tell_due(product_ids=[gone.pk]) for _again in range(2)] == [1, 0]
    told = News.objects.get(person=shopper)
    assert (told.words.title, told.url) == ("Pot is back", gone.get_absolute_url())
    outbox.deliver_due(topic="news.email")
    assert [letter.subject for letter in mail.outbox] == ["Pot is back"]
    assert Alert.objects.count() == 0


def test_asking_twice_is_asking_once_and_off_is_one_click(shopper_client, gone):
    for _again in range(2):
        shopper_client.post(url_of(gone))
    assert Alert.objects.count() == 1
    assert "You wait for it" in shopper_client.get(url_of(gone)).content.decode()
    shopper_client.post(url_of(gone), {"off": "1", "next": "/me/alerts/"})
    assert Alert.objects.count() == 0


def test_a_price_is_told_when_it_falls_below_what_it_was(shopper, channel):
    product = make_product_post(channel, title="Pot", stock=2, price_minor=2000).product
    alerts.ask(person=shopper, product=product, variant=None, kind="price")
    told = []
    for price, stock in ((2500, 2), (2000, 2), (1900, 0), (1900, 1)):
        Product.objects.filter(pk=product.pk).update(price_minor=price, stock=stock)
        told.append(alerts.tell_due())
    assert told == [0, 0, 0, 1]
    words = News.objects.get(person=shopper).words
    assert (words.title, words.body) == ("Pot costs less now", f"$19 instead of $20, at {channel.name}.")


def test_of_variants_each_is_waited_for_on_its_own(shopper, channel):
    variants = [sellers.VariantData({"size": size}, stock=stock) for size, stock in (("s", 0), ("m", 0))]
    post = make_product_post(channel, title="Shirt", category=make_category(attributes=["size"]), variants=variants)
    small, medium = post.product.variants.order_by("position")
    alerts.ask(person=shopper, product=post.product, variant=small, kind="back")
    Variant.objects.filter(pk=medium.pk).update(stock=4)
    back(post.product, 4)
    assert alerts.tell_due() == 0
    Variant.objects.filter(pk=small.pk).update(stock=1)
    assert alerts.tell_due() == 1
    told = News.objects.get(person=shopper)
    assert (told.words.title, told.url) == (
        "Shirt (s) is back",
        f"{post.product.get_absolute_url()}?variant={small.pk}",
    )


def test_a_guest_is_told_only_after_she_opened_her_link(gone):
    guest = Client()
    page = guest.post(url_of(gone), {"contact": "Guest@Example.com"}).content.decode()
    assert "guest@example.com" in page
    outbox.deliver_due(topic="shop.alert_confirm")
    link = links()[0]
    assert guest.get(link).status_code == 200  # mail programs open links by themselves
    back(gone)
    assert alerts.tell_due() == 0
    assert "We will tell you once" in guest.post(link).content.decode()
    assert alerts.tell_due() == 1
    outbox.deliver_due(topic="shop.alert_told")
    letter = mail.outbox[1]
    assert (letter.subject, letter.to, links()[1]) == ("Pot is back", ["guest@example.com"], gone.get_absolute_url())
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert guest.get(link).status_code == 404


def test_one_click_ends_all_of_an_address_without_a_token_of_the_form(gone, channel):
    other = make_product_post(channel, stock=0).product
    ask_as_guest(gone)
    ask_as_guest(other)
    ask_as_guest(gone, "somebody@example.com")
    back(gone)
    alerts.tell_due()
    outbox.deliver_due(topic="shop.alert_told")
    stop = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    path = re.sub(r"^https?://[^/]+", "", stop)
    strict = Client(enforce_csrf_checks=True)
    strict.get(path)
    assert Alert.objects.count() == 1
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Alert.objects.count() == 0
    assert strict.post("/alerts/stop/made-up/").status_code == 404
    assert strict.post("/alerts/made-up/").status_code == 404


def test_the_answer_tells_nothing_of_accounts(gone, django_assert_num_queries):
    make_user(email="known@example.com")
    answers = []
    for email in ("known@example.com", "other@example.com"):
        with django_assert_num_queries(11):
            html = Client().post(url_of(gone), {"contact": email}).content.decode()
        answers.append(html.replace(email, "X"))
    assert answers[0] == answers[1]


def test_limits_of_addresses_and_people(monkeypatch, gone, shopper, channel):
    for _again in range(5):
        assert Client().post(url_of(gone), {"contact": "guest@example.com"}).status_code == 200
    refused = Client().post(url_of(gone), {"contact": "guest@example.com"})
    assert (refused.status_code, str(limits.TooMany.message) in refused.content.decode()) == (422, True)
    monkeypatch.setattr(alerts, "MOST", 1)
    alerts.ask(person=shopper, product=gone, variant=None, kind="back")
    with pytest.raises(alerts.TooManyAlerts):
        alerts.ask(person=shopper, product=make_product_post(channel, stock=0).product, variant=None, kind="back")


def test_what_can_be_had_is_not_waited_for(shopper_client, channel):
    there = make_product_post(channel, stock=1).product
    answer = shopper_client.post(url_of(there))
    assert (answer.status_code, "It is there already" in answer.content.decode()) == (422, True)


def test_a_telephone_gets_a_text_where_texts_are_sent(settings, gone, capsys):
    settings.SMS_BACKEND = ""
    assert Client().post(url_of(gone), {"contact": "+4915112345678"}).status_code == 422
    settings.SMS_BACKEND = "accounts.sms.ConsoleBackend"
    assert Client().post(url_of(gone), {"contact": "+49 1511 2345678"}).status_code == 200
    outbox.deliver_due(topic="shop.alert_confirm")
    assert "SMS to +4915112345678\nShall we tell you about “Pot”?" in capsys.readouterr().out


def test_a_holiday_is_waited_for_too(shopper, gone, channel):
    alerts.ask(person=shopper, product=gone, variant=None, kind="back")
    back(gone)
    Channel.objects.update(state="holiday")
    assert alerts.tell_due() == 0
    Channel.objects.update(holiday_until=timezone.now() - dt.timedelta(hours=1))
    assert alerts.tell_due() == 1


def test_many_are_told_in_batches_and_nobody_twice(gone, django_assert_num_queries):
    people = [make_user() for _ in range(5)]
    for person in people:
        alerts.ask(person=person, product=gone, variant=None, kind="back")
    back(gone)
    before = asked_to_deliver()
    with django_assert_num_queries(1):  # whoever changed the thing waits for one look, however many wait
        receivers.tell_who_waits(product_ids=[gone.pk])
    assert asked_to_deliver() == before + 1
    assert [alerts.tell_due(product_ids=[gone.pk], limit=2) for _ in range(4)] == [2, 2, 1, 0]
    told = News.objects.filter(kind="thing_back").values_list("person", flat=True)
    assert sorted(told) == [person.pk for person in people]


def test_links_nobody_opened_are_forgotten(gone):
    for days, email in ((1, "new@example.com"), (3, "old@example.com")):
        alert = alerts.ask_as_guest(product=gone, variant=None, kind="back", language="en", email=email)
        Alert.objects.filter(pk=alert.pk).update(asked_at=timezone.now() - dt.timedelta(days=days))
    assert alerts.forget_unconfirmed(limit=10) == 1
    assert Alert.objects.get().email == "new@example.com"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_constant_number_of_times(count, shopper, shopper_client, channel, django_assert_num_queries):
    for _ in range(count):
        product = make_product_post(channel, stock=0).product
        alerts.ask(person=shopper, product=product, variant=None, kind="back")
    shopper_client.get("/me/alerts/")
    with django_assert_num_queries(2):  # session and person, alerts with their things
        html = shopper_client.get("/me/alerts/").content.decode()
    assert html.count('name="off"') == count
