"""A search that leads to a thing: its page tells of it, and nobody searched."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Market, until

pytestmark = pytest.mark.journey

SEARCHES = (
    "SELECT found > 0, is_clicked FROM insights_search WHERE words = %s AND day = current_date ORDER BY id DESC LIMIT 1"
)


def test_a_search_leads_to_a_thing(open_page: Callable[..., Page], market: Market):
    page = open_page("phone", "en")
    page.goto("/search/?q=linen")  # with its scripts: they tell of the click
    page.locator("#products h3 a").first.click()
    page.wait_for_url("**/p/**")
    until(lambda: market.sql(SEARCHES, "linen") == [(True, True)])
