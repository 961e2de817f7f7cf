"""JavaScript off: everything still works, by links and forms."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market
from tests.journeys.steps import RUN, draw_pictures, sign_in

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("phone", "en", scripts=False)


def test_filters_apply_by_a_button_and_lists_go_on_by_links(page: Page):
    page.goto("/newest/", wait_until="domcontentloaded")
    first = page.locator("#products .product h3").all_text_contents()
    page.get_by_role("link", name="Show more").click()
    expect(page).to_have_url(re.compile(r"\?after="))
    second = page.locator("#products .product h3").all_text_contents()
    assert (len(second), set(first) & set(second)) == (len(first), set())
    page.goto("/newest/", wait_until="domcontentloaded")
    page.get_by_role("button", name="Filters").click()
    order = page.locator("label.facet").filter(has_text="Made to order")
    count = int(order.locator("> :last-child").inner_text())
    order.click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#total")).to_have_text(f"{count} things")
    expect(page.locator("#products .product")).to_have_count(count)
    page.get_by_role("link", name="Remove filter: Made to order").click()
    expect(page.locator("#total")).not_to_have_text(f"{count} things")


def test_a_guest_saves_follows_and_keeps_them_by_signing_in(page: Page, market: Market):
    page.goto("/@saffron_clay/display/", wait_until="domcontentloaded")
    page.locator("#tiles a[href*='?at=']").first.click()
    expect(page.locator("article.post.here")).to_be_visible()
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Products").click()  # the sheet is a page of its own
    expect(page).to_have_url(re.compile("/@saffron_clay/display/$"))
    page.goto("/search/?q=teal teapot", wait_until="domcontentloaded")
    title = page.locator("#products h3").first.inner_text()
    page.get_by_role("button", name=f"Save: {title}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Save “{title}”?")
    page.get_by_role("button", name="Yes").click()
    expect(page).to_have_url(re.compile("/search/"))
    expect(page.locator("#messages")).to_contain_text("Saved. You find it under Me.")
    page.goto("/@fourth_floor/", wait_until="domcontentloaded")
    name = page.get_by_role("heading", level=1).inner_text().strip()
    page.locator("#follow-switch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Follow {name}?")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("#follow-switch")).to_contain_text("Following")
    page.goto("/me/", wait_until="domcontentloaded")
    expect(page.get_by_role("link", name="Saved")).to_contain_text("1 thing")
    expect(page.get_by_role("link", name="Following")).to_contain_text("1 channel")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(page, market.logins["shopper"]["login"], market.logins["shopper"]["password"])
    expect(page).to_have_url(re.compile("/me/$"))
    page.goto("/saved/", wait_until="domcontentloaded")
    expect(page.locator("#saved h3").filter(has_text=title)).to_have_count(1)
    page.goto("/following/", wait_until="domcontentloaded")
    expect(page.locator("#following h2").filter(has_text=name)).to_have_count(1)


def test_variants_are_links(page: Page):
    page.goto("/search/?q=breakfast cup", wait_until="domcontentloaded")
    page.locator("#products h3 a").first.click()
    variants = page.locator("#offer .variant")
    expect(variants.first).to_be_visible()
    other = page.locator("#offer .variant:not([aria-current])").first
    label = other.inner_text()
    other.click()
    expect(page).to_have_url(re.compile(r"\?variant=\d+$"))
    expect(page.locator("#offer .variant[aria-current]").filter(has_text=label)).to_be_visible()


def test_the_language_is_changed_by_a_form(page: Page):
    page.goto("/channels/", wait_until="domcontentloaded")
    page.get_by_role("link", name="change language and region").click()
    page.get_by_label("Language").select_option("fa")
    page.get_by_label("Region").select_option("ir")
    page.get_by_role("button", name="Use these").click()
    expect(page).to_have_url(re.compile("/channels/$"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.get_by_role("heading", level=1)).to_have_text("کانال‌ها")


def test_a_seller_posts_with_pictures_ordered_by_numbers(open_page: OpenPage, tmp_path: Path):
    title = f"Rug {RUN} in three parts"
    page = open_page("desk", "en", scripts=False, who="seller")
    page.goto("/dashboard/saffron_clay/posts/new/", wait_until="domcontentloaded")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Category").select_option(label="T-shirts & hoodies")
    page.get_by_role("button", name="Show this category’s details").click()
    expect(page.get_by_label("Title")).to_have_value(title)
    page.get_by_label("Red", exact=True).check()
    page.get_by_label("Teal", exact=True).check()
    page.get_by_role("button", name="Make the table").click()
    expect(page.locator("#variants tbody tr")).to_have_count(2)
    page.get_by_label("Add pictures").set_input_files(draw_pictures(tmp_path))
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator("#messages")).to_contain_text("Kept as a draft.")
    page.locator("#results li").filter(has_text=title).locator("h3 a").click()
    expect(page.locator("#photos .photo")).to_have_count(3)
    for place, name in enumerate(("one", "two", "three")):
        page.get_by_label(f"What picture {place + 1} shows").fill(name)
    for place, number in enumerate(("2", "0", "1")):
        page.get_by_label("Place").nth(place).fill(number)
    page.get_by_label("Price", exact=True).fill("12")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#messages")).to_contain_text("Published.")
    guest = open_page("phone", "en", scripts=False)
    guest.goto(f"/search/?q=rug {RUN}", wait_until="domcontentloaded")
    guest.locator("#products h3 a").filter(has_text=title).click()
    expect(guest.get_by_role("heading", level=1)).to_have_text(title)
    shown = guest.locator(".track a > *").evaluate_all("all => all.map(one => one.alt ?? one.ariaLabel)")
    assert shown == ["two", "three", "one"]


def test_a_heart_pressed_before_the_scripts_came_goes_their_way(open_page: OpenPage):
    page = open_page("phone", "en")
    page.route("**/static/js/requests.*.js", lambda _route: None)  # never answered
    with page.expect_event("requestfinished", lambda request: "/htmx.min." in request.url):
        page.goto("/newest/", wait_until="commit")
    page.locator("#products .product").first.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Save “.+”?"))
