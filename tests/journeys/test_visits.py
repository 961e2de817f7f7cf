"""A search that leads to a thing: pages tell what led to them and how long they were in use, and nobody searched."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Market, until

pytestmark = pytest.mark.journey

VISITS = """
SELECT page, came_from FROM insights_visit
WHERE product_id = %s AND at > %s AND visible_ms > 900
"""
SEARCHES = (
    "SELECT found > 0, is_clicked FROM insights_search WHERE words = %s AND day = current_date ORDER BY id DESC LIMIT 1"
)


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
