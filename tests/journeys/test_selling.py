"""Selling with more than one's hands: a coupon, many products at once, and the first product that staff look at."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Market
from tests.journeys.deals import PLACES, OpenPage, fill_address, pay_at_the_sandbox
from tests.journeys.steps import RUN, say

pytestmark = pytest.mark.journey
HANDLE = "saffron_clay"
THING = """SELECT p.id, p.title FROM sellers_product p JOIN sellers_channel c ON c.id = p.channel_id
    WHERE c.handle = %s AND p.is_listed AND NOT EXISTS (SELECT FROM sellers_variant WHERE product_id = p.id)
    ORDER BY p.price_minor DESC LIMIT 1"""
NEW_CHANNEL = """
from accounts.models import User
from core.models import Picture
from sellers import selectors, services as sellers
owner = User.objects.get(email={login!r})
words = dict(name="Loom {run}", tagline="Rugs", city="Porto", market="us", language="en")
channel = sellers.submit_channel(channel=sellers.create_channel(owner=owner, handle="loom_{run}", **words), by=owner)
staff = User.objects.filter(is_staff=True).first()
sellers.approve_channel(channel=channel, by=staff)
data = sellers.ProductData(title="Rug {run}", price_minor=90_00, category=selectors.get_category_tree().leaves[0])
picture = Picture.objects.filter(is_private=False).order_by("pk").first()
post = sellers.create_post(channel=channel, author=owner, pictures=[(picture, "")], product=data)
print(post.product.pk, end="")
"""


def test_a_coupon_is_made_and_used(open_page: OpenPage, market: Market):
    market.sql("UPDATE sellers_product SET stock = 50, version = version + 1 WHERE stock < 50")
    product, _title = market.sql(THING, HANDLE)[0]
    seller = open_page("phone", "en", who="seller")
    seller.goto(f"/dashboard/{HANDLE}/money/coupons/new/", wait_until="domcontentloaded")
    seller.get_by_label("Code").fill(f"spring-{RUN}")
    seller.locator("[name=percent]").fill("10")
    seller.get_by_role("button", name="Make the coupon").click()
    expect(seller.get_by_role("listitem").filter(has_text=f"SPRING-{RUN.upper()}")).to_contain_text("−10%")
    page = open_page("phone", "en", who="shopper")
    page.goto(f"/p/{product}/buy/", wait_until="domcontentloaded")
    page.get_by_text("I have a code").click()
    page.get_by_label("Coupon code").fill(f"Spring-{RUN}")
    expect(page.locator("#total")).to_contain_text(f"Coupon Spring-{RUN}")
    total = page.locator("#total dd").last.inner_text()
    if page.locator("[name=address][value=new][type=radio]").count():
        page.locator("[name=address][value=new][type=radio]").check()
    fill_address(page, *PLACES["en"], prefix="to-")
    page.get_by_role("button", name="Go on to pay").click()
    expect(page.get_by_role("button", name=f"Pay {total} safely")).to_be_visible()
    pay_at_the_sandbox(page)
    expect(page.locator(".money dl").first).to_contain_text(f"Coupon SPRING-{RUN.upper()}")


def test_many_products_change_at_once_and_back(open_page: OpenPage, market: Market):
    product, title = market.sql(THING, HANDLE)[0]
    price = "SELECT price_minor FROM sellers_product WHERE id = %s"
    before = market.sql(price, product)[0][0]
    page = open_page("desk", "en", who="seller")
    page.goto(f"/dashboard/{HANDLE}/posts/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Edit many").click()
    page.get_by_label("Search your products").fill(title)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Change the ticked ones").click()
    page.get_by_label("Up or down").select_option("down")
    page.locator("[name=percent]").fill("50")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#bulk")).to_contain_text("1 product will change")
    assert market.sql(price, product)[0][0] == before
    page.get_by_role("button", name="Change them").click()
    expect(page.locator("#bulk")).to_contain_text("1 product changed")
    assert market.sql(price, product)[0][0] == (before * 50 + 50) // 100
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator("#bulk")).to_contain_text("1 product is as before")
    assert market.sql(price, product)[0][0] == before


def test_a_new_channels_first_product_waits_for_staff(open_page: OpenPage, market: Market):
    product = market.run(NEW_CHANNEL.format(login=market.logins["seller"]["login"], run=RUN))
    page, guest = open_page("phone", "en", who="seller"), open_page("phone", "en")
    page.goto(f"/dashboard/loom_{RUN}/posts/", wait_until="domcontentloaded")
    page.get_by_role("button", name=f"More: Rug {RUN}").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#posts li").first).to_contain_text("Waiting for staff")
    assert say(page).startswith("Sent. Staff look at")
    assert guest.goto(f"/p/{product}/", wait_until="domcontentloaded").status == 404
    staff = open_page("desk", "en", who="staff")
    staff.goto("/admin/sellers/listingcheck/", wait_until="domcontentloaded")
    staff.get_by_role("row").filter(has_text=f"Rug {RUN}").get_by_role("checkbox").check()
    staff.get_by_label("Action:").select_option("approve")
    staff.get_by_role("button", name=re.compile("Run|Go")).click()
    expect(staff.get_by_role("row").filter(has_text=f"Rug {RUN}")).to_contain_text("Approved")
    assert guest.goto(f"/p/{product}/", wait_until="domcontentloaded").status == 200
