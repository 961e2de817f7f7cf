"""A service is offered before it is built: staff write a smoke test, a seller applies, and staff read the verdict."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
SLUG = f"rent-{RUN}"
WORDS = {
    "en": ("Rent out your things", "I want it"),
    "fa": ("اجاره دادن وسایل", "می‌خواهم"),
    "zh-hant": ("出租你的東西", "我想要"),
}


def write_test(page: Page) -> None:
    """A draft with a page in each language and one question; started."""
    page.goto("/admin/insights/smoketest/add/", wait_until="domcontentloaded")
    page.locator("#id_name").fill("Rent")
    page.locator("#id_slug").fill(SLUG)
    page.locator("#id_threshold_percent").fill("5")
    page.locator("#id_min_visitors").fill("1")
    page.get_by_label("Seller services").check()
    for place, (headline, button) in enumerate(WORDS.values()):
        page.locator(f"#id_pages-{place}-headline").fill(headline)
        page.locator(f"#id_pages-{place}-promise").fill("Earn twice with one thing.")
        page.locator(f"#id_pages-{place}-button").fill(button)
    page.locator("#id_fields-0-key").fill("what")
    page.locator("#id_fields-0-label_en").fill("What would you rent out?")
    page.locator("#id_fields-0-label_fa").fill("چه چیزی؟")
    page.locator("#id_fields-0-label_zh-hant").fill("你想出租什麼？")
    page.locator("[name=_continue]").click()
    page.get_by_role("link", name="Start it").click()
    page.get_by_role("button", name="Start the test").click()
    expect(page.locator(".messagelist")).to_contain_text("It runs now.")


def test_from_an_idea_to_a_verdict(open_page: Callable[..., Page], market: Market):
    staff = open_page("desk", "en", who="staff")
    write_test(staff)

    seller = open_page("phone", "en", who="seller")
    seller.goto("/dashboard/services/", wait_until="domcontentloaded")
    seller.locator(".service").filter(has_text=WORDS["en"][0]).get_by_role("link").click()
    seller.get_by_role("link", name=WORDS["en"][1]).click()
    seller.wait_for_load_state()  # with its scripts: without them nobody is told of the first word
    field = seller.get_by_label("What would you rent out?")
    with seller.expect_request(re.compile(r"/started/")):  # a word is typed
        field.press_sequentially("T")
    field.fill("")
    seller.get_by_role("button", name="Send").click()
    expect(seller.locator("#application .error")).to_be_visible()
    field.fill("Tents")
    seller.get_by_role("button", name="Send").click()
    seller.wait_for_url(f"**/services/{SLUG}/status/", wait_until="domcontentloaded")
    expect(seller.locator(".toast")).to_contain_text("Thank you. We are checking what you sent.")
    expect(seller.locator(".badge", has_text="Received")).to_be_visible()

    staff.reload(wait_until="domcontentloaded")
    funnel = staff.locator("svg.bars")
    expect(funnel).to_have_attribute(
        "aria-label",
        "People, each once: Seen 1 · 100%; Call to action 1 · 100%; Form started 1 · 100%; Submitted 1 · 100%.",
    )
    expect(staff.locator("h2", has_text="Build it")).to_be_visible()  # from 20.7 % on, of one


def test_whoever_has_something_to_say_tells_us_where_she_is(open_page: Callable[..., Page], market: Market):
    page = open_page("phone", "en")
    page.goto("/channels/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Tell us").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator("#id_mood_error")).to_be_visible()
    dialog.locator("label", has_text="Good").click()
    dialog.get_by_label("In your words").fill(f"Lovely {RUN}")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("Our team reads every word.")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    told = market.sql("SELECT mood, page FROM insights_feedback WHERE words = %s", f"Lovely {RUN}")
    assert told == [(4, "/channels/")]
