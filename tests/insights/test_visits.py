"""A page tells how long it was in use and what led to it; a search is told of by nobody."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import RateLimit
from insights import services
from insights.models import Search, ShopperDay, Visit
from insights.views.visits import LIMIT
from recommender.lookers import Looker
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db
URL = reverse("insights:visited")
HOST = "http://testserver"


@pytest.fixture
def product(channel):
    return make_product_post(channel, title="Cup").product


def tell(client: Client, path: str = "/", **told: object) -> int:
    given = {"path": path, "visible_ms": 4000, "came_from": "direct"} | told
    return client.post(URL, given, headers={"User-Agent": "Mozilla/5.0"}).status_code


def search(client: Client, words: str, **told: object) -> int:
    given = {"words": words, "found": 0, "is_clicked": "false"} | told
    return client.post(URL, given, headers={"User-Agent": "Mozilla/5.0"}).status_code


@pytest.mark.parametrize(
    ("came_from", "place"),
    [
        ("direct", "direct"),
        (f"{HOST}/", "tab"),
        (f"{HOST}/search/?q=cup", "search"),
        (f"{HOST}/c/cups/", "category"),
        (f"{HOST}/feed/", "feed"),
        (f"{HOST}/picks/", "picks"),
        (f"{HOST}/@saffron_clay/", "channel"),
        (f"{HOST}/wallet/", "other"),
        (f"{HOST}/no-such-page/", "other"),
        ("https://example.com/", "outside"),
        ("http://[broken", "other"),
        ("", ""),
    ],
)
def test_what_led_to_a_page_is_a_place(shopper, shopper_client: Client, product, came_from: str, place: str):
    assert tell(shopper_client, f"/p/{product.pk}-cup/", came_from=came_from) == 204
    row = Visit.objects.get()
    assert (row.page, row.came_from, row.product_id, row.channel_id) == ("product", place, product.pk, None)
    assert (row.person_id, row.guest, row.visible_ms) == (shopper.pk, "", 4000)


def test_an_ad_that_led_to_a_page_is_named(shopper_client: Client, channel):
    tell(shopper_client, "/@Saffron_Clay/", came_from=f"{HOST}/", address="?ad=1")
    tell(shopper_client, "/@saffron_clay/", came_from="", address="?ad=1")
    assert list(Visit.objects.order_by("id").values_list("came_from", "channel_id")) == [
        ("ad", channel.pk),
        ("", channel.pk),
    ]


def test_who_is_not_known_and_what_is_no_page_of_the_shop_is_not_logged(client: Client, shopper_client: Client):
    assert [tell(client), tell(shopper_client, "/wallet/"), tell(shopper_client, "/nothing/")] == [204] * 3
    assert (
        shopper_client.post(URL, {"path": "/", "visible_ms": 1}, headers={"User-Agent": "Googlebot"}).status_code == 204
    )
    assert [tell(shopper_client, visible_ms=-1), tell(shopper_client, visible_ms="long")] == [422, 422]
    assert Visit.objects.count() == 0


def test_a_guest_who_did_something_is_known_by_her_key(client: Client, product):
    client.post(reverse("shop:seen", args=[product.pk]), headers={"User-Agent": "Mozilla/5.0"})
    tell(client)
    assert Visit.objects.get().guest == client.session["guest"]["key"]


def test_no_stretch_is_longer_than_six_hours(shopper_client: Client):
    tell(shopper_client, visible_ms=2**31 - 1)
    assert Visit.objects.get().visible_ms == 6 * 3600 * 1000


def test_a_search_is_nobodys(shopper_client: Client):
    assert search(shopper_client, "  CUP  كوچك ", found=3, is_clicked="true") == 204
    row = Search.objects.get()
    assert (row.words, row.found, row.is_clicked, row.market, row.language) == ("cup کوچک", 3, True, "us", "en")
    assert row.day == timezone.now().astimezone(dt.UTC).date()
    assert {field.name for field in Search._meta.fields} == {
        "id",
        "day",
        "market",
        "language",
        "words",
        "found",
        "is_clicked",
    }


@pytest.mark.parametrize("words", ["mina@example.com", "0912 345 67 89", "۰۹۱۲۳۴۵۶۷۸۹", "4111-1111-1111-1111"])
def test_words_that_may_be_somebodys_are_not_kept(client: Client, words: str):
    assert search(client, words) == 204
    assert Search.objects.count() == 0


def test_a_page_of_results_says_what_it_found(client: Client, product, indexed):
    with indexed():
        make_product_post(product.channel, title="Blue teapot")
    page = client.get("/search/", {"q": "teapot"}).content.decode()
    assert 'data-found="1"' in page
    assert 'data-found="0"' in client.get("/search/", {"q": "zzqx"}).content.decode()
    assert "data-found" not in client.get("/search/").content.decode()
    assert "data-found" not in client.get("/search/", {"q": "teapot", "price_max": "1"}).content.decode()


def test_too_many_are_refused(shopper, shopper_client: Client):
    ends = timezone.now() + dt.timedelta(hours=1)
    RateLimit.objects.create(key=f"visited:{shopper.pk}", window_ends_at=ends, taken=LIMIT - 2)
    assert [tell(shopper_client), tell(shopper_client), tell(shopper_client)] == [204, 204, 429]


def test_what_a_person_did_goes_with_her_account(shopper, channel):
    services.record_visit(looker=Looker(shopper.pk), visible_ms=1, page="tab")
    services.record_visit(looker=Looker(guest="g"), visible_ms=1, page="tab")
    services.roll_up()
    assert ShopperDay.objects.count() == 2
    shopper.delete()
    assert (Visit.objects.count(), ShopperDay.objects.count()) == (1, 1)


def test_old_days_are_dropped_and_days_to_come_are_made(settings):
    settings.VISIT_DAYS = 30
    now = timezone.now()
    old = (now - dt.timedelta(days=45)).astimezone(dt.UTC).date()
    with connection.cursor() as cursor:
        for table in ("visit", "search"):
            cursor.execute(
                f"CREATE TABLE insights_{table}_{old:%Y%m%d} PARTITION OF insights_{table}"
                f" FOR VALUES FROM ('{old}') TO ('{old + dt.timedelta(days=1)}')"
            )
    for days in (60, 45, 0):
        at = now - dt.timedelta(days=days)
        services.record_visit(looker=Looker(guest="g"), visible_ms=days, page="tab", at=at)
        Search.objects.create(day=at, market="us", language="en", words=str(days), found=0, is_clicked=False)
    assert services.prune() == 2
    assert [row.visible_ms for row in Visit.objects.all()] == [0]
    assert [row.words for row in Search.objects.all()] == ["0"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s), to_regclass(%s)", [f"insights_visit_{now:%Y%m%d}", f"insights_search_{now:%Y%m%d}"]
        )
        assert None not in cursor.fetchone()
