"""What people know from other shops: waiting for a thing, comparing, what one looked at last, low stock and slips."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Market, until
from tests.journeys.test_shopper import OpenPage

pytestmark = pytest.mark.journey
PLACES = """
from sellers.models import Product
market = Product.objects.listed().filter(market="us", variants=None, channel__state="open")
gone = market.order_by("-popularity", "pk")[0]
Product.objects.filter(pk=gone.pk).update(stock=0, version=gone.version + 1)
alike = next(one for one in market.exclude(pk=gone.pk) if market.filter(category=one.category_id).count() > 2)
print(gone.get_absolute_url(), alike.get_absolute_url())
"""
BACK = """
from core import outbox
from sellers.models import Product
from shop import alerts
Product.objects.filter(pk={pk}).update(stock=3)
alerts.tell_due()
outbox.deliver_due(topic="shop.alert_told")
"""


def test_a_guest_waits_compares_and_finds_what_she_looked_at(open_page: OpenPage, market: Market):
    gone, alike = market.run(PLACES).split()
    page = open_page("phone", "en")
    page.goto(gone, wait_until="domcontentloaded")
    page.get_by_role("link", name="Tell me").click()
    page.get_by_label("E-mail address").fill("waits@example.com")
    page.get_by_role("button", name="Tell me", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.goto(market.latest_link("waits@example.com"), wait_until="domcontentloaded")
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We will tell you once")

    with page.expect_response(re.compile(r"/seen/$")):
        page.goto(alike, wait_until="domcontentloaded")
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Compare").click()
    page.locator("#others + ul a").first.click()
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(2)
    expect(table.get_by_role("rowheader", name="Price")).to_be_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    table.get_by_role("link", name=f"Take “{title}” out").click()
    expect(table.get_by_role("columnheader")).to_have_count(1)

    page.goto("/", wait_until="domcontentloaded")
    page.locator("#trending").scroll_into_view_if_needed()
    expect(page.locator("[aria-labelledby=recent-title] h3").first).to_have_text(title)

    market.run(BACK.format(pk=re.findall(r"/p/(\d+)", gone)[0]))
    until(lambda: market.latest_link("waits@example.com") == gone)


def test_a_seller_sees_what_runs_low_and_prints_a_slip(open_page: OpenPage, market: Market):
    desk = market.logins["seller"]["desk_en"]
    page = open_page("desk", "en", who="seller")
    page.goto(f"{desk}stock/", wait_until="domcontentloaded")
    page.get_by_label("A thing is low from").fill("0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    page.get_by_label("A thing is low from").fill("1000")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#low > li").first).to_be_visible()

    page.goto(f"{desk}money/slips/", wait_until="domcontentloaded")
    thing = page.get_by_role("checkbox").first
    title = page.locator("li", has=thing).locator("b").first.inner_text()
    thing.check()
    page.get_by_role("button", name="Slips of the chosen").click()
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip").get_by_role("rowheader", name=title)).to_be_visible()
