"""The keyboard alone, on a desk: focus is never lost, and what it stands on shows."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import until
from tests.journeys.steps import draw_pictures

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
FOCUS = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "lost";
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const around = [element, element.closest("label"), element.nextElementSibling, element.closest("form.search, .with-unit"),
        element.closest(".product")?.querySelector(".pic")];
    const marked = around.some(one => one && parseFloat(getComputedStyle(one).outlineWidth) > 0
        && getComputedStyle(one).outlineStyle !== "none") || style.boxShadow !== "none";
    if (!box.width || !box.height) return "hidden: " + element.outerHTML.slice(0, 80);
    return marked ? "shown" : "unmarked: " + element.outerHTML.slice(0, 80);
}"""


HELD = "document.activeElement && document.activeElement !== document.body"


def press(page: Page, *keys: str) -> None:
    """Presses keys one by one; after each, focus stands on something that shows it."""
    for key in keys:
        page.keyboard.press(key)
        assert (key, page.evaluate(FOCUS)) == (key, "shown")


def walk_to(page: Page, selector: str, limit: int = 120) -> None:
    """Tabs until the element is reached."""
    for _ in range(limit):
        press(page, "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached in {limit} steps")


def test_from_search_to_the_enlarged_picture(open_page: OpenPage):
    page = open_page("desk", "en")
    page.goto("/", wait_until="domcontentloaded")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/", wait_until="domcontentloaded")
    walk_to(page, "input[type=search]")
    page.keyboard.type("teapot")
    expect(page.locator("#suggestions a").first).to_be_visible()
    expect(page.locator("#suggested")).to_have_text(re.compile(r"^\d+ suggestions"))
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    assert page.evaluate("document.activeElement === document.querySelector('#suggestions a')")
    press(page, "Escape")
    assert page.evaluate("document.activeElement.name") == "q"
    expect(page.locator("#suggestions a")).to_have_count(0)
    expect(page.locator("#suggested")).to_be_empty()
    page.keyboard.type("s")
    expect(page.locator("#suggestions .suggestion[href^='/p/']").first).to_be_visible()
    walk_to(page, "#suggestions a[href^='/p/']", 20)
    title = page.evaluate("document.activeElement.querySelector('.grow').textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    walk_to(page, ".track > a")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.zoom")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoom")).to_be_hidden()
    assert page.evaluate("document.activeElement !== document.body")


def test_filters_hearts_and_follow(open_page: OpenPage):
    page = open_page("desk", "en")
    page.goto("/c/home/", wait_until="domcontentloaded")
    everything = page.locator("#total").inner_text()
    walk_to(page, "#facets input[type=checkbox]")
    page.keyboard.press("Space")
    expect(page.locator("#total")).not_to_have_text(everything)
    assert page.evaluate("document.activeElement.matches('#facets input:checked')")
    walk_to(page, ".chip.applied", 200)
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text(everything)
    walk_to(page, ".like", 200)
    page.keyboard.press("Space")
    expect(page.locator(".like[aria-pressed=true]")).to_have_count(1)
    assert page.evaluate("document.activeElement.matches('.like[aria-pressed=true]')")
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    walk_to(page, "#follow-switch")
    page.keyboard.press("Enter")
    expect(page.locator("#follow-switch")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.activeElement.id") == "follow-switch"
    page.goto("/newest/", wait_until="domcontentloaded")
    walk_to(page, ".load-more a", 250)
    page.keyboard.press("Enter")
    expect(page.locator("#products .product").nth(30)).to_be_attached()
    until(lambda: page.evaluate(HELD))


def test_a_post_is_written_and_its_pictures_put_in_order(open_page: OpenPage, tmp_path: Path):
    page = open_page("desk", "en", who="seller")
    page.goto("/dashboard/saffron_clay/posts/new/", wait_until="domcontentloaded")
    walk_to(page, "[name=photo_files]")
    page.get_by_label("Add pictures").set_input_files(draw_pictures(tmp_path))  # the system's own window chose them
    expect(page.locator("#photos .photo")).to_have_count(3)
    until(lambda: page.evaluate(HELD))
    before = page.locator("[name=photo]").evaluate_all("boxes => boxes.map(box => box.value)")
    page.locator("#photos .photo").first.locator("[data-move=on]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#photos-live")).to_have_text("Now at place 2")
    page.keyboard.press("Enter")
    expect(page.locator("#photos-live")).to_have_text("Now at place 3")
    assert page.evaluate("document.activeElement.dataset.move") == "back"  # at the end, the way back has focus
    after = page.locator("[name=photo]").evaluate_all("boxes => boxes.map(box => box.value)")
    assert after == [*before[1:], before[0]]
    walk_to(page, "#id_title")
    page.keyboard.type("A cup by keyboard")
    walk_to(page, "#id_category")
    page.keyboard.type("Teapots")
    walk_to(page, "[name=action][value=publish]")
    page.keyboard.press("Enter")
    expect(page.locator("#id_price_error")).to_be_visible()
    assert (
        page.evaluate("document.activeElement.textContent.trim()")
        == "Nothing is lost. Look at the fields marked below."
    )
