"""A search that leads to a thing: pages tell what led to them and how long they were in use, and nobody searched.

Of who is known the recommender's log has it too: that a search led there, and how long the thing was in sight."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market, until

pytestmark = pytest.mark.journey

VISITS = """
SELECT page, came_from FROM insights_visit
WHERE product_id = %s AND at > %s AND visible_ms > 900
"""
SEARCHES = (
    "SELECT found > 0, is_clicked FROM insights_search WHERE words = %s AND day = current_date ORDER BY id DESC LIMIT 1"
)

DEEDS = """
SELECT kind, dwell_ms FROM recommender_interaction JOIN accounts_user person ON person.id = person_id
WHERE person.email = %s AND product_id = %s AND at > %s ORDER BY at
"""


def test_a_search_leads_to_a_thing(open_page: Callable[..., Page], market: Market):
    page, began = open_page("phone", "en"), market.sql("SELECT now()")[0][0]
    page.goto("/search/?q=linen")  # with its scripts: they tell of the click
    first = page.locator("#products h3 a").first
    product = int((first.get_attribute("href") or "").split("/p/")[1].split("-")[0])
    with page.expect_response(lambda answer: answer.url.endswith("/seen/")):  # a second later: now the guest has a key
        first.click()
    page.mouse.move(80, 300)
    page.goto("/", wait_until="domcontentloaded")
    until(lambda: market.sql(VISITS, product, began) == [("product", "search")])
    until(lambda: market.sql(SEARCHES, "linen") == [(True, True)])


IMPRESSIONS = """
SELECT place, product_id, slot FROM recommender_impression shown JOIN accounts_user person ON person.id = person_id
WHERE person.email = %s AND shown.at > %s AND place = 'search' ORDER BY slot
"""


def test_the_cards_that_came_into_sight_are_logged_with_their_places(open_page: Callable[..., Page], market: Market):
    page, began = open_page("phone", "en", who="shopper"), market.sql("SELECT now()")[0][0]
    page.goto("/search/?q=cotton")
    hrefs = page.locator("#products h3 a").evaluate_all("links => links.map((link) => link.pathname)")
    products = [int(href.split("/p/")[1].split("-")[0]) for href in hrefs]
    assert len(products) > 8  # more than a phone shows at once

    def shown() -> list[tuple[str, int, int]]:
        return market.sql(IMPRESSIONS, market.logins["shopper"]["login"], began)

    page.locator("#products > .product").nth(5).scroll_into_view_if_needed()
    page.goto("/saved/", wait_until="domcontentloaded")
    until(lambda: len(shown()) > 5)
    assert shown() == [("search", product, slot) for slot, product in enumerate(products)][: len(shown())]
    assert len(shown()) < len(products)


def test_a_look_is_logged_with_its_length_when_she_leaves(open_page: Callable[..., Page], market: Market):
    page, began = open_page("phone", "en", who="shopper"), market.sql("SELECT now()")[0][0]
    page.goto("/search/?q=linen")
    first = page.locator("#products h3 a").first
    product = int((first.get_attribute("href") or "").split("/p/")[1].split("-")[0])

    def deeds() -> list[tuple[str, int | None]]:
        return market.sql(DEEDS, market.logins["shopper"]["login"], product, began)

    opened = time.monotonic()
    with page.expect_response(lambda answer: answer.url.endswith("/seen/")):
        first.click()
    until(lambda: page.evaluate("performance.now()") > 2500)  # she stays for longer than it takes to be seen
    assert deeds() == [("search_click", None), ("view", None)]
    page.goto("/", wait_until="domcontentloaded")
    stayed = (time.monotonic() - opened) * 1000
    until(lambda: len(deeds()) > 2)
    assert [kind for kind, _dwell in deeds()] == ["search_click", "view", "view"]
    assert 1000 < deeds()[-1][1] < stayed


STRETCHES = """
SELECT visible_ms FROM insights_visit JOIN accounts_user person ON person.id = person_id
WHERE person.email = %s AND page = 'list' AND at > %s
"""
MINUTE = 60_000


@pytest.mark.parametrize(("gaps", "counted"), [([10], 10), ([40], 0), ([10, 40, 20], 30)])
def test_half_an_hour_without_a_sign_of_her_is_the_longest_that_counts(
    gaps: list[int], counted: int, open_page: Callable[..., Page], market: Market
):
    page, began = open_page("desk", "en", who="shopper"), market.sql("SELECT now()")[0][0]
    page.clock.install()
    page.goto("/trending/")
    page.wait_for_load_state("networkidle")
    page.mouse.move(80, 300)
    for place, gap in enumerate(gaps):
        expect(page.locator(".htmx-request")).to_have_count(0)  # else its time is over
        page.clock.fast_forward(gap * MINUTE)
        page.mouse.move(90 + place, 300)
    page.goto("/", wait_until="domcontentloaded")
    until(lambda: market.sql(STRETCHES, market.logins["shopper"]["login"], began))
    [(told,)] = market.sql(STRETCHES, market.logins["shopper"]["login"], began)
    assert counted * MINUTE <= told < (counted + 1) * MINUTE
