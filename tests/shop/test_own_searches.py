"""What one searched for last is shown while one types, follows a guest into her account, and can be forgotten."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.signals import guest_joined
from shop import guests, history, search
from shop.guests import Visitor
from shop.models import RecentSearch, SearchTable
from shop.search_tables import NotATable, Row, read_table, run_table
from shop.selectors.person import get_recent_searches
from tests.factories import make_product_post


def _look(client: Client, words: str) -> None:
    assert client.post(f"/search/recent/?q={words}").status_code == 204


def _page(client: Client) -> str:
    return client.get("/search/suggest/", {"q": ""}).content.decode()


@pytest.mark.parametrize("is_guest", [True, False])
def test_searches_are_remembered_newest_first_and_forgotten(shopper_client, is_guest: bool):
    client = Client() if is_guest else shopper_client
    for words in ("teapot", "قوری", "teapot"):
        _look(client, words)
    page = _page(client)
    assert page.index("q=teapot") < page.index("q=%D9%82")
    assert page.count('class="recent-search"') == 2

    page = client.post("/search/recent/forget/", {"words": "teapot"}, headers={"HX-Request": "true"}).content.decode()
    assert (page.count('class="recent-search"'), "q=teapot" in page) == (1, False)
    assert client.post("/search/recent/forget/").status_code == 302
    assert 'class="recent-search"' not in _page(client)


def test_only_what_was_looked_at_makes_a_session(db):
    client = Client()
    client.get("/search/?q=teapot")
    client.get("/search/suggest/?q=")
    assert "sessionid" not in client.cookies
    _look(client, "teapot")
    assert client.session[guests.KEY]["searches"] == ["teapot"]


def test_a_guests_searches_become_the_persons(shopper):
    history.record_searches(person=shopper, searches=["old"], at=timezone.now() - dt.timedelta(days=1))
    guest_joined.send(sender=None, person=shopper, guest={"searches": ["new", "newer"]})
    assert get_recent_searches(Visitor(shopper.pk)) == ["new", "newer", "old"]


def test_the_newest_twenty_are_kept(shopper):
    now = timezone.now()
    for n in range(25):
        history.record_searches(person=shopper, searches=[f"cup {n}"], at=now + dt.timedelta(seconds=n))
    assert RecentSearch.objects.count() == 20
    assert get_recent_searches(Visitor(shopper.pk), 2) == ["cup 24", "cup 23"]


# --- what the page says of how it read the words


@pytest.fixture
def teapot(channel) -> int:
    post = make_product_post(channel, title="Ruby teapot")
    search.index_products([post.product.pk])
    search.count_words()
    return post.product.pk


def test_a_mended_query_can_be_searched_as_it_was(teapot, client: Client):
    page = client.get("/search/?q=taepot").content.decode()
    assert 'Showing results for <b dir="auto">teapot</b>' in page
    assert 'href="/search/?q=%22taepot%22"' in page
    page = client.get("/search/?q=%22taepot%22").content.decode()
    assert "Showing results for" not in page
    assert "No thing matches these words" in page
    assert '<a class="chip" dir="auto" href="/search/?q=teapot">teapot</a>' in page


def test_a_quoted_query_is_not_mended(teapot):
    assert [row.id for row in search.search('"teapot"', "us").products.rows] == [teapot]
    assert search.search('"taepot"', "us").total == 0


# --- staff's tables


def test_a_table_says_which_rows_fail(teapot):
    rows = read_table(f"# ours\nteapot\t{teapot}\n\nruby\tRuby teapot\nteapot\t999\nzzz\tRuby teapot")
    assert [each.is_right for each in run_table(rows, "us")] == [True, True, False, False]


@pytest.mark.parametrize("text", ["teapot", "teapot\t ", "\tteapot", "a\tb\n" * 501])
def test_what_is_no_table(text: str):
    with pytest.raises(NotATable):
        read_table(text)


def test_staff_run_a_table(teapot, staff_client):
    data = {"name": "Pots", "market": "us", "rows": "teapot\tRuby teapot\ntaepto\tBlue bowl"}
    assert staff_client.post("/admin/shop/searchtable/add/", data).status_code == 302
    page = staff_client.get(f"/admin/shop/searchtable/{SearchTable.objects.get().pk}/change/").content.decode()
    assert "1 of 2 right" in page
    assert "<li><bdi>taepto</bdi>: <bdi>Ruby teapot</bdi></li>" in page
    assert staff_client.post("/admin/shop/searchtable/add/", data | {"rows": "teapot"}).status_code == 200
    assert read_table(data["rows"])[0] == Row("teapot", ("Ruby teapot",))
