"""Whole pages are shared by guests without history, and by nobody else."""

import gzip

import pytest
from django.test import Client

from sellers import services as sellers
from shop.models import Showcase
from tests.factories import make_product_post

PAGES = ["/", "/newest/", "/trending/", "/channels/", "/search/?q=cup", "/search/suggest/?q=cup"]


@pytest.fixture
def shared(settings, channel):
    settings.GUEST_PAGE_SECONDS = 30
    return make_product_post(channel, title="Cup")


@pytest.mark.parametrize("path", PAGES)
def test_the_second_guest_costs_no_query(shared, path: str, django_assert_num_queries):
    first = Client().get(path)
    with django_assert_num_queries(0):
        second = Client().get(path)
    assert (second.status_code, second.content) == (200, first.content)
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert second["Vary"].startswith("Cookie, Accept-Language, HX-Request")


def test_pages_travel_compressed_to_whoever_reads_that(shared):
    plain = Client().get("/newest/")
    packed = [Client().get("/newest/", headers={"Accept-Encoding": "gzip, br"}) for _ in range(2)]
    assert ["Content-Encoding" in plain, *(answer["Content-Encoding"] for answer in packed)] == [False, "gzip", "gzip"]
    assert [gzip.decompress(answer.content) for answer in packed] == [plain.content, plain.content]
    assert "Accept-Encoding" in packed[1]["Vary"]


@pytest.mark.parametrize("path", PAGES)
def test_shared_pages_hold_no_token_and_start_no_session(shared, settings, path: str):
    for _ in range(2):
        answer = Client().get(path)
        assert "csrfmiddlewaretoken" not in answer.content.decode()
        assert list(answer.cookies) == [settings.CSRF_COOKIE_NAME]


def test_each_guest_gets_a_token_of_her_own(shared, settings):
    tokens = {Client().get("/").cookies[settings.CSRF_COOKIE_NAME].value for _ in range(3)}
    assert len(tokens) == 3


def test_a_person_never_gets_a_shared_page(shared, shopper_client: Client):
    Client().get("/")
    assert "Sara" in shopper_client.get("/").content.decode()
    assert "Sara" not in Client().get("/").content.decode()


def test_what_the_last_step_said_is_read_once_by_who_took_it(shared, shopper_client: Client):
    """She is a guest again, of whom there is no session; what she is told rides in a cookie."""
    Client().get("/newest/")
    shopper_client.post("/accounts/logout/")
    pages = [client.get("/newest/").content.decode() for client in (shopper_client, Client(), shopper_client)]
    assert [page.count("You are signed out.") for page in pages] == [1, 0, 0]


def test_a_guest_with_history_never_gets_a_shared_page(shared, client: Client):
    Client().get("/newest/")
    session = client.session
    session["guest"] = {"saves": [shared.product.pk]}
    session.save()
    assert client.get("/newest/").content.decode().count('aria-pressed="true"') == 1
    assert Client().get("/newest/").content.decode().count('aria-pressed="true"') == 0


def test_languages_markets_and_fragments_are_kept_apart(shared):
    answers = [
        Client().get("/newest/", headers=headers).content
        for headers in ({}, {"Accept-Language": "fa"}, {"Cookie": "market=eu"}, {"HX-Request": "true"})
    ]
    assert len(set(answers)) == 4
    assert Client().get("/newest/").content == answers[0]


def test_errors_and_redirects_are_not_kept(shared, settings):
    from django.core.cache import cache

    cache.clear()
    assert Client().get("/c/nothing/").status_code == 404
    assert [key for key in cache._cache.get_client().keys("*") if b"guest-page:" in key] == []


def test_posts_pass_by(shared):
    Client().get("/newest/")
    assert Client().post("/newest/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_what_is_hidden_leaves_shared_pages_at_once(shared, channel, staff):
    Showcase.objects.create(market="us", headline="A cup to keep", product=shared.product)
    pages = ["/", "/newest/", "/search/?q=cup"]
    assert ["Cup</a>" in Client().get(path).content.decode() for path in pages] == [True, True, True]
    assert "A cup to keep" in Client().get("/").content.decode()
    sellers.suspend_channel(channel=channel, by=staff, reason="Not theirs to sell")
    for path in PAGES:
        page = Client().get(path).content.decode()
        assert ("Cup</a>" in page, "A cup to keep" in page, "@saffron_clay" in page) == (False, False, False), path


def test_a_long_address_is_kept_like_any(shared):
    path = "/search/?q=" + "a" * 2000
    assert Client().get(path).status_code == Client().get(path).status_code == 200
