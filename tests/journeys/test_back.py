"""Back returns to the spot: long lists, filters, the product display."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import until

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
CLOSE = 4  # CSS pixels: what nobody sees


def top_of(page: Page, selector: str) -> float:
    return page.locator(selector).evaluate("element => element.getBoundingClientRect().top")


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_a_list_that_grew_is_found_as_it_was(open_page: OpenPage, width: str):
    page = open_page(width, "en")
    page.goto("/newest/", wait_until="domcontentloaded")
    items = page.locator("#products .product")
    first = items.count()
    page.get_by_role("link", name="Show more").click()
    expect(items).to_have_count(2 * first)
    page.get_by_role("link", name="Show more").click()
    expect(items).to_have_count(3 * first)
    assert len(set(items.locator("h3 a").evaluate_all("links => links.map(link => link.href)"))) == 3 * first
    link = items.nth(2 * first + 2).locator("h3 a")
    link.scroll_into_view_if_needed()
    href = link.get_attribute("href")
    before = top_of(page, f"#products h3 a[href='{href}']")
    link.click()
    page.wait_for_url(f"**{href}", wait_until="domcontentloaded")
    page.go_back(wait_until="domcontentloaded")
    expect(items).to_have_count(3 * first)
    until(lambda: abs(top_of(page, f"#products h3 a[href='{href}']") - before) <= CLOSE)
    page.get_by_role("link", name="Show more").click()  # and it goes on from there
    expect(items.nth(3 * first)).to_be_attached()


def test_filters_live_in_the_address(open_page: OpenPage):
    page = open_page("desk", "en")
    page.goto("/newest/", wait_until="domcontentloaded")
    everything = page.locator("#total").inner_text()
    page.get_by_role("checkbox", name="Made to order").check()
    page.wait_for_url("**stock=order**", wait_until="domcontentloaded")
    expect(page.locator("#total")).not_to_have_text(everything)
    fewer = page.locator("#total").inner_text()
    address = page.url
    page.locator("#products h3 a").first.click()
    page.wait_for_url("**/p/**", wait_until="domcontentloaded")
    page.go_back(wait_until="domcontentloaded")
    assert page.url == address
    expect(page.locator("#total")).to_have_text(fewer)
    expect(page.get_by_role("checkbox", name="Made to order")).to_be_checked()
    page.go_back(wait_until="domcontentloaded")
    expect(page.locator("#total")).to_have_text(everything)
    expect(page.get_by_role("checkbox", name="Made to order")).not_to_be_checked()


def test_the_display_opens_a_post_in_its_place_and_is_found_again(open_page: OpenPage):
    page = open_page("phone", "en")
    page.set_viewport_size({"width": 390, "height": 560})
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Products").click()
    sheet = page.locator("#display")
    expect(sheet).to_be_visible()
    tiles = sheet.locator("a[href*='?at=']")
    expect(tiles.nth(8)).to_be_attached()
    tile = tiles.nth(8)
    tile.scroll_into_view_if_needed()
    scrolled = sheet.evaluate("sheet => sheet.scrollTop")
    assert scrolled > 0
    count = tiles.count()
    post = f"#{(tile.get_attribute('href') or '').partition('#')[2]}"
    tile.click()
    page.wait_for_url("**?at=*", wait_until="domcontentloaded")
    expect(page.locator(f"{post}.here")).to_be_in_viewport()
    page.go_back(wait_until="domcontentloaded")
    expect(sheet).to_be_visible()
    expect(tiles).to_have_count(count)
    until(lambda: abs(sheet.evaluate("sheet => sheet.scrollTop") - scrolled) <= CLOSE)
