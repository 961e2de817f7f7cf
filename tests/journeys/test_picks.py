"""A new guest looks at a thing: within a second the shop tab follows, says why, and does as she says."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.journey


def test_what_is_picked_follows_what_a_guest_looks_at(open_page: Callable[..., Page]):
    page = open_page("phone", "en")
    page.goto("/c/home/", wait_until="commit")
    with page.expect_response(re.compile(r"/seen/$")):  # a second after it is there
        page.goto(page.locator("#products h3 a").first.get_attribute("href"), wait_until="commit")
    started = time.monotonic()
    while "Because you looked at" not in page.request.get("/picks/", headers={"HX-Request": "true"}).text():
        assert time.monotonic() - started < 1
    seen = page.get_by_role("heading", level=1).inner_text()
    page.goto("/", wait_until="commit")
    shelf = page.locator("#picks")
    expect(shelf.get_by_role("heading", level=2)).to_have_text("Picked for you")
    expect(shelf.locator(".section-head p")).to_have_text(f"Because you looked at “{seen}”")
    assert seen not in shelf.locator("h3").all_inner_texts()

    first = shelf.locator(".product").first
    unwanted = first.locator("h3").inner_text()
    first.get_by_role("button", name="Why this?").click()
    expect(first.locator(".reason")).to_contain_text("Because you looked at")
    first.get_by_role("button", name="Not interested").click()
    expect(shelf.locator("h3").first).not_to_have_text(unwanted)
    expect(page.locator(".toast")).to_contain_text("You will not see it here again.")
