"""Ads on credit: applied for, approved in the admin site, spent by a click, billed and repaid."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market, until
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
ADS = "/dashboard/leaf_street/ads/"
SPENT = "SELECT spent_minor FROM ads_campaign WHERE name = %s AND spent_minor > 0"
MONTH_LATER = """
import datetime as dt
from django.utils import timezone
from ads import services as ads
ads.run_due(now=timezone.now() + dt.timedelta(days=31))
"""


def apply(seller: Page) -> None:
    """Without consent nothing is lost and nothing sent; with it staff have it."""
    seller.goto(f"{ADS}credit/", wait_until="domcontentloaded")
    seller.get_by_label("How much may you owe at once?").fill("200")
    seller.get_by_label("What do you want to advertise?").fill(f"Bags {RUN}")
    seller.get_by_role("button", name="Send it to staff").click()
    expect(seller.locator("#credit .error").first).to_be_visible()
    expect(seller.get_by_label("What do you want to advertise?")).to_have_value(f"Bags {RUN}")
    seller.get_by_label("I have read this and agree").check()
    seller.get_by_role("button", name="Send it to staff").click()
    expect(seller.locator("#credit .badge").first).to_have_text("Being looked at")


def approve(staff: Page) -> None:
    staff.goto("/admin/ads/creditapplication/?status__in=sent,proposed", wait_until="domcontentloaded")
    staff.get_by_role("row").filter(has_text="Leaf Street").get_by_role("link").first.click()
    staff.locator("#approve_limit").fill("150")
    staff.get_by_role("button", name="Approve", exact=True).click()
    expect(staff.locator(".messagelist")).to_be_visible()


def advertise(seller: Page, name: str) -> None:
    """The channel's last thing, everywhere, for more a click than anybody else offers."""
    seller.goto(f"{ADS}new/", wait_until="domcontentloaded")
    seller.get_by_label("Name", exact=True).fill(name)
    things = seller.get_by_label("What is advertised")
    things.select_option(index=things.locator("option").count() - 1)
    for label, amount in (("Most for a click", "20"), ("Budget a day", "20"), ("Budget in all", "40")):
        seller.get_by_label(label).fill(amount)
    seller.get_by_label("On credit").check()
    seller.get_by_role("button", name="Save and send in").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text(name)


def accept(staff: Page) -> None:
    staff.goto("/admin/ads/creative/?state__exact=waiting", wait_until="domcontentloaded")
    staff.get_by_role("row").filter(has_text="@leaf_street").get_by_role("checkbox").check()
    staff.locator("select[name=action]").select_option("accept")
    staff.get_by_role("button", name="Go").click()
    expect(staff.locator(".messagelist")).to_contain_text("1 ad decided.")


def repay(seller: Page) -> None:
    seller.goto(f"{ADS}statements/", wait_until="domcontentloaded")
    expect(seller.get_by_role("link", name="Statement 1")).to_be_visible()
    seller.get_by_role("link", name="Repay", exact=True).click()
    seller.locator("[name=way][value=sandbox]").check()
    seller.get_by_role("button", name="Repay").click()
    seller.locator(".attempt a.primary").click()
    seller.locator("button[name=decision][value=pay]").click()
    seller.wait_for_url(re.compile(rf"{ADS}statements/"), wait_until="domcontentloaded")
    expect(seller.locator(".rows .badge").first).to_have_text("Repaid")


def test_credit_from_the_application_to_the_repayment(open_page: Callable[..., Page], market: Market):
    name = f"Bags {RUN}"
    seller, staff = open_page("phone", "en", who="rival"), open_page("desk", "en", who="staff")
    apply(seller)
    approve(staff)
    advertise(seller, name)
    accept(staff)
    seller.reload(wait_until="domcontentloaded")
    expect(seller.locator(".badge", has_text="Running")).to_be_visible()

    shopper = open_page("phone", "en", who="shopper")
    shopper.goto("/", wait_until="domcontentloaded")
    ad = shopper.locator(".product.ad")
    until(lambda: shopper.mouse.wheel(0, 1500) or ad.count())
    expect(ad.locator(".badge")).to_have_text("Ad")
    expect(ad).to_contain_text("Leaf Street")
    ad.get_by_role("link").first.click()
    shopper.wait_for_url(re.compile(r"/p/\d+-"), wait_until="domcontentloaded")
    until(lambda: market.sql(SPENT, name))

    market.run(MONTH_LATER)
    repay(seller)
    assert (
        market.sql("SELECT count(*) FROM ads_statement WHERE status = 'repaid' AND spent_paid_minor = spent_minor")[0][
            0
        ]
        == 1
    )
