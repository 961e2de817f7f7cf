"""Our scripts on the parts' page: what a hand, a keyboard and the Back button find."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bench.browser import RULES

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
PICTURE_IN_VIEW = "track => Math.round(Math.abs(track.scrollLeft) / track.clientWidth)"


def marked(page: Page, number: int) -> None:
    """The thumbnail of the picture in view is marked, and that picture is the one in view."""
    expect(page.locator(".thumbs-row a").nth(number - 1)).to_have_attribute("aria-current", "true")
    page.wait_for_function(f"({PICTURE_IN_VIEW})(document.querySelector('.track')) === {number - 1}")


@pytest.mark.parametrize(
    ("language", "onward", "back"), [("en", "ArrowRight", "ArrowLeft"), ("fa", "ArrowLeft", "ArrowRight")]
)
def test_pictures_turn_by_arrow_thumbnail_and_key(open_page: OpenPage, language: str, onward: str, back: str):
    page = open_page("desk", language)
    page.goto("/kit/", wait_until="domcontentloaded")
    page.locator(".stage .step.on").click()
    marked(page, 2)
    page.locator(".thumbs-row a").nth(3).click()
    marked(page, 4)
    expect(page.locator(".stage .step.on")).to_be_hidden()
    page.locator(".track").focus()
    page.keyboard.press(back)
    marked(page, 3)
    page.keyboard.press(onward)
    marked(page, 4)


def test_a_picture_opens_large_and_esc_closes_it(open_page: OpenPage):
    page = open_page("desk")
    page.goto("/kit/", wait_until="domcontentloaded")
    page.locator(".track > a").first.click()
    expect(page.locator("dialog.zoom")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoom")).to_be_hidden()


def order(page: Page) -> list[str]:
    return page.locator(".photo [data-move=back]").evaluate_all("buttons => buttons.map(button => button.ariaLabel)")


def test_pictures_are_put_in_order_by_keyboard_and_by_hand(open_page: OpenPage):
    page = open_page("desk")
    page.goto("/kit/", wait_until="domcontentloaded")
    first, second, third = order(page)
    page.locator(".photo [data-move=on]").first.press("Enter")
    assert order(page) == [second, first, third]
    expect(page.locator("#kit-live")).to_have_text("Now at place 2")
    page.locator(".photo").nth(1).locator("[data-move=on]").press("Enter")
    assert order(page) == [second, third, first]
    page.locator(".photo .handle").nth(2).drag_to(page.locator(".photo .handle").nth(0))
    assert order(page) == [first, second, third]
    assert page.locator(".photo [data-order]").evaluate_all("inputs => inputs.map(input => input.value)") == [
        "0",
        "1",
        "2",
    ]


def test_a_sheet_is_found_open_again_after_back(open_page: OpenPage):
    page = open_page("phone")
    page.goto("/kit/", wait_until="domcontentloaded")
    page.get_by_role("button", name="Products", exact=True).click()
    expect(page.locator("#display")).to_be_visible()
    page.goto("/preferences/", wait_until="domcontentloaded")
    page.go_back(wait_until="domcontentloaded")
    expect(page.locator("#display")).to_be_visible()
    page.locator("#display [popovertargetaction=hide]").click()
    expect(page.locator("#display")).to_be_hidden()
    page.wait_for_function("location.hash === ''")


def test_filters_open_without_scripts(open_page: OpenPage):
    page = open_page("phone", scripts=False)
    page.goto("/kit/", wait_until="domcontentloaded")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("button", name="Show results")).to_be_visible()


def test_a_request_that_is_refused_is_said_and_goes_when_told(open_page: OpenPage):
    page = open_page("desk")
    page.goto("/kit/", wait_until="domcontentloaded")
    page.locator(".products .like").first.press("Space")  # the parts' page takes no POST
    expect(page.locator("#messages .toast")).to_contain_text("That did not work")
    page.locator("#messages .toast").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#messages .toast")).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [("phone", "en"), ("desk", "fa")])
def test_the_parts_fit_and_pass_axe(open_page: OpenPage, width: str, language: str):
    page = open_page(width, language)
    page.goto("/kit/", wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["target"]) for violation in found] == []
