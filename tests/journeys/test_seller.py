"""A seller's day: opens a channel, posts, schedules, corrects, archives, shares the work."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Market, until
from tests.journeys.steps import COLORS, RUN, draw_pictures, sign_up

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
DESK = "/dashboard/saffron_clay/"


def asked_for(page: Page) -> list[str]:
    """Labels of what a person must still fill in on this page."""
    required = page.get_by_role("main").locator("[required]:visible")
    return required.evaluate_all("boxes => boxes.filter(box => !box.value).map(box => box.labels[0].innerText)")


def test_a_channel_is_opened_on_a_phone_and_approved_by_staff(open_page: OpenPage, market: Market, tmp_path: Path):
    email, name, handle = f"ines-{RUN}@example.com", f"Looms & {RUN}", f"looms_{RUN}"
    page = open_page("phone", "en")
    page.goto("/accounts/signup/?next=/dashboard/open/", wait_until="domcontentloaded")
    # Two minutes: seven short lines and a code; the address writes itself, pictures and the rest can wait.
    assert asked_for(page) == ["E-mail or mobile number", "Your name", "Password"]
    sign_up(page, market, email, email, "Ines")
    page.wait_for_url("/dashboard/open/", wait_until="domcontentloaded")
    assert asked_for(page) == ["Name of the channel", "Address", "What it sells", "City"]
    page.get_by_label("Name of the channel").fill(name)
    page.get_by_label("What it sells").fill("Rugs knotted in a garage.")
    expect(page.get_by_label("Address")).to_have_value(f"looms_and_{RUN}")
    expect(page.locator("#handle-note")).to_have_text(f"@looms_and_{RUN} is free.")
    page.get_by_label("Address").fill("saffron_clay")
    expect(page.locator("#handle-note .error")).to_be_visible()
    page.get_by_label("Address").fill(handle)
    expect(page.locator("#handle-note")).to_have_text(f"@{handle} is free.")
    avatar = draw_pictures(tmp_path)[0]
    page.get_by_label("Avatar").set_input_files(avatar)
    expect(page.locator("[data-preview] img").first).to_be_visible()
    page.get_by_role("button", name="Open the channel").click()
    expect(page.locator("#id_city_error")).to_be_visible()  # a city is missing; nothing else is lost
    expect(page.get_by_label("Name of the channel")).to_have_value(name)
    expect(page.get_by_role("checkbox", name="Remove")).to_have_count(1)  # the picture stayed too
    page.get_by_label("City").fill("Porto")
    page.get_by_role("button", name="Open the channel").click()
    page.wait_for_url(f"/dashboard/{handle}/opened/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent. Our staff look at it now.")
    guest = open_page("phone", "en")
    assert guest.goto(f"/@{handle}/").status == 404

    staff = open_page("desk", "en", who="staff")
    staff.goto("/admin/sellers/channel/", wait_until="domcontentloaded")
    staff.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    staff.get_by_label("Action:").select_option("approve")
    staff.get_by_role("button", name=re.compile("Run|Go")).click()
    expect(staff.get_by_role("row").filter(has_text=name)).to_contain_text("Open")

    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your channel is open")
    assert guest.goto(f"/@{handle}/").status == 200
    expect(guest.get_by_role("heading", level=1)).to_have_text(name)


def fill_product(page: Page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Category").select_option(label="T-shirts & hoodies")
    expect(page.get_by_text("Shoppers filter by these")).to_be_visible()


def test_a_product_is_posted_with_pictures_and_variants_and_found(open_page: OpenPage, market: Market, tmp_path: Path):
    title = f"Quillwork{RUN} tunic of the second loom"
    page = open_page("desk", "en", who="seller")
    page.goto(f"{DESK}posts/new/", wait_until="domcontentloaded")
    page.get_by_label("Add pictures").set_input_files(draw_pictures(tmp_path))
    photos = page.locator("#photos .photo")
    expect(photos).to_have_count(3)
    for place, color in enumerate(COLORS, 1):
        page.get_by_label(f"What picture {place} shows").fill(color)
    photos.nth(2).locator("[data-move=back]").press("Enter")
    expect(page.locator("#photos-live")).to_have_text("Now at place 2")
    assert page.locator("[name=photo_alt]").evaluate_all("boxes => boxes.map(box => box.value)") == [
        "crimson", "goldenrod", "teal",
    ]  # fmt: skip
    fill_product(page, title)
    page.get_by_label("Text").fill("Woven in one sitting.")
    page.get_by_label("Price", exact=True).fill("forty")
    page.get_by_label("Red", exact=True).check()
    page.get_by_label("Teal", exact=True).check()
    page.get_by_role("checkbox", name="M", exact=True).check()
    rows = page.locator("#variants tbody tr")
    expect(rows.get_by_role("rowheader")).to_have_text([re.compile("Red / M"), re.compile("Teal / M")])
    rows.nth(1).get_by_label("Stock").fill("0")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("#id_price_error")).to_have_text("Write a number, like 38 or 38.50.")
    expect(page.get_by_label("Title")).to_have_value(title)
    expect(photos).to_have_count(3)
    expect(rows.nth(1).get_by_label("Stock")).to_have_value("0")
    page.get_by_label("Price", exact=True).fill("48.50")
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url(f"{DESK}posts/", wait_until="domcontentloaded")
    expect(page.locator("#messages")).to_contain_text("Published.")
    expect(page.locator("#results h3").first).to_have_text(title)

    made = """SELECT 1 FROM core_picture c JOIN sellers_product p ON p.cover_id = c.id
        WHERE p.title = %s AND c.widths = '{240,480,960,1600}'"""
    until(lambda: market.sql(made, title))
    guest = open_page("phone", "en")
    guest.goto("/newest/", wait_until="domcontentloaded")
    expect(guest.locator("#products h3").first).to_have_text(title)
    guest.goto("/c/tshirts/", wait_until="domcontentloaded")
    expect(guest.locator("#products h3").filter(has_text=title)).to_be_visible()
    guest.goto(f"/search/?q=quillwork{RUN}", wait_until="domcontentloaded")
    expect(guest.locator("#products h3")).to_have_text([title])
    expect(guest.locator("#products .product img").first).to_have_attribute("srcset", re.compile(r"/480\.webp 2x$"))
    guest.locator("#products h3 a").click()
    srcset = guest.locator(".track img").first.get_attribute("srcset") or ""
    assert re.findall(r"\d+w", srcset) == ["240w", "480w", "960w", "1600w"]
    assert guest.locator(".track img").evaluate_all("pictures => pictures.map(p => p.alt)") == [
        "crimson", "goldenrod", "teal",
    ]  # fmt: skip
    expect(guest.locator("#offer .price").first).to_have_text("$48.50")
    guest.get_by_role("link", name="Teal").click()
    expect(guest.locator("#offer .stock")).to_have_text("Sold out")
    guest.get_by_role("link", name="Red").click()
    expect(guest.locator("#offer .stock")).to_have_text("Only 1 left")


def write_post(page: Page, text: str) -> None:
    page.goto(f"{DESK}posts/new/?kind=text", wait_until="domcontentloaded")
    page.get_by_label("Text").fill(text)


def row_of(page: Page, text: str) -> Locator:
    return page.locator("#results li").filter(has_text=text)


def test_a_post_appears_at_its_time_in_the_followers_feed_once(open_page: OpenPage, market: Market):
    text = f"The kiln opens at noon #kiln{RUN} with @saffron_clay, see https://example.com/kiln"
    shopper = open_page("phone", "en", who="shopper")
    shopper.goto("/@saffron_clay/", wait_until="domcontentloaded")
    if shopper.locator("#follow-switch").get_attribute("aria-pressed") == "false":
        shopper.locator("#follow-switch").click()
    expect(shopper.locator("#follow-switch")).to_have_text(re.compile("Following"))
    shopper.goto("/feed/", wait_until="domcontentloaded")

    page = open_page("desk", "en", who="seller")
    write_post(page, text)
    page.get_by_text("Schedule", exact=True).first.click()
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#id_publish_at_error")).to_have_text("Choose a day and a time.")
    page.get_by_label("Publish at").fill("2020-02-02T10:00")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator("#id_publish_at_error")).to_have_text("Choose a time from now to a year ahead.")
    expect(page.get_by_label("Text")).to_have_value(text)
    page.get_by_label("Publish at").fill(f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Schedule").click()
    page.wait_for_url(f"{DESK}posts/", wait_until="domcontentloaded")
    expect(row_of(page, f"#kiln{RUN}")).to_contain_text("Scheduled")
    market.sql("UPDATE sellers_post SET publish_at = now() WHERE text = %s", text)  # two days later
    until(lambda: market.sql("SELECT 1 FROM sellers_post WHERE text = %s AND state = 'published'", text), 40)
    page.reload(wait_until="domcontentloaded")
    expect(row_of(page, f"#kiln{RUN}")).to_contain_text("Published")

    shopper.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # she comes back to the tab
    expect(shopper.locator("#news")).to_have_text(re.compile(r"1 new post$"))
    shopper.locator("#news a").click()
    said = shopper.locator("#feed .text").filter(has_text=f"#kiln{RUN}")
    expect(said).to_have_count(1)
    expect(shopper.locator("#feed .text").first).to_contain_text(f"#kiln{RUN}")
    assert said.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))") == [
        f"/search/?q=%23kiln{RUN}",
        "/@saffron_clay/",
        "https://example.com/kiln",
    ]
    shopper.reload(wait_until="domcontentloaded")
    expect(said).to_have_count(1)
    said.get_by_role("link", name="@saffron_clay").click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Saffron & Clay")


def test_two_who_edit_one_post_lose_nothing(open_page: OpenPage):
    page = open_page("desk", "en", who="seller")
    write_post(page, f"Draft {RUN} about glaze")
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url(f"{DESK}posts/", wait_until="domcontentloaded")
    expect(row_of(page, f"Draft {RUN} about glaze")).to_contain_text("Draft")
    row_of(page, f"Draft {RUN} about glaze").locator("h3 a").click()
    other = page.context.new_page()
    other.goto(page.url, wait_until="domcontentloaded")
    page.get_by_label("Text").fill(f"Draft {RUN} about red glaze")
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url(f"{DESK}posts/", wait_until="domcontentloaded")
    other.get_by_label("Text").fill(f"Draft {RUN} about blue glaze")
    other.get_by_role("button", name="Keep as a draft").click()
    expect(other.locator("#conflict")).to_contain_text("Somebody saved this post while you were writing")
    expect(other.locator("#conflict .pre")).to_have_text(f"Draft {RUN} about red glaze")
    expect(other.get_by_label("Text")).to_have_value(f"Draft {RUN} about blue glaze")
    other.locator("#editor").get_by_role("button", name=re.compile("^(Save|Publish now)$")).last.click()
    other.wait_for_url(f"{DESK}posts/", wait_until="domcontentloaded")
    row_of(other, f"Draft {RUN} about blue glaze").locator("h3 a").click()
    other.get_by_role("link", name="History").click()
    expect(other.locator("ol .pre")).to_have_text(
        [f"Draft {RUN} about blue glaze", f"Draft {RUN} about red glaze", f"Draft {RUN} about glaze"]
    )


def test_an_archived_product_is_gone_everywhere(open_page: OpenPage):
    guest = open_page("phone", "en")
    guest.goto("/search/?q=little oil lamp", wait_until="domcontentloaded")
    product = guest.locator("#products h3 a").first.get_attribute("href") or ""
    expect(guest.locator("#products h3").first).to_have_text("Little oil lamp")
    page = open_page("desk", "en", who="seller")
    page.goto(f"{DESK}posts/?q=oil lamp", wait_until="domcontentloaded")
    row = row_of(page, "Little oil lamp")
    row.get_by_role("button", name=re.compile("^More: ")).click()
    row.get_by_role("button", name="Archive").click()
    expect(page.locator("#messages")).to_contain_text("Archived. Nobody but your team sees it now.")
    expect(row).to_contain_text("Archived")
    assert guest.goto(product).status == 404
    guest.goto("/search/?q=oil lamp little", wait_until="domcontentloaded")
    expect(guest.locator("#products h3").filter(has_text="Little oil lamp")).to_have_count(0)
    guest.goto("/@saffron_clay/display/", wait_until="domcontentloaded")
    expect(guest.locator("#tiles a[href*='?at=']").first).to_be_visible()
    expect(guest.get_by_role("link", name=re.compile("Little oil lamp"))).to_have_count(0)
    if not row.get_by_role("button", name="Restore").is_visible():
        row.get_by_role("button", name=re.compile("^More: ")).click()
    row.get_by_role("button", name="Restore").click()
    expect(row).to_contain_text("Published")
    assert guest.goto(product).status == 200


def test_strangers_find_no_desk(open_page: OpenPage):
    rival = open_page("desk", "en", who="rival")
    for address in ("", "posts/", "posts/new/", "followers/", "team/", "settings/"):
        answer = rival.goto(f"{DESK}{address}", wait_until="domcontentloaded")
        assert (address, answer.status) == (address, 404)
    guest = open_page("phone", "en")
    guest.goto(f"{DESK}team/", wait_until="domcontentloaded")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert guest.url.endswith("/accounts/login/?next=/dashboard/saffron_clay/team/")


def test_an_agent_joins_the_team_and_the_channel_goes_on_holiday(open_page: OpenPage, market: Market):
    page = open_page("desk", "en", who="rival")
    desk = market.logins["rival"]["desk_en"]
    page.goto(f"{desk}team/", wait_until="domcontentloaded")
    page.get_by_label("E-mail address or telephone number").fill("nobody@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#id_person_error")).to_be_visible()
    page.get_by_label("E-mail address or telephone number").fill(market.logins["shopper"]["login"])
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("is on the team now.")
    shopper = open_page("phone", "en", who="shopper")
    assert shopper.goto(f"{desk}posts/").status == 200
    assert shopper.goto(f"{desk}posts/new/").status == 404  # an agent answers people, she does not post

    page.goto(f"{desk}team/", wait_until="domcontentloaded")
    page.get_by_role("button", name="Change Mina Castellano").click()
    page.get_by_role("button", name="Remove from the team").click()
    expect(page.get_by_role("heading", name="Mina Castellano")).to_have_count(0)
    assert shopper.goto(f"{desk}posts/").status == 404

    page.goto(f"{desk}settings/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Go on holiday").click()
    page.get_by_role("button", name="Go on holiday").click()
    expect(page.locator("#messages")).to_contain_text("On holiday. Enjoy it!")
    shopper.goto(desk.replace("/dashboard/", "/@"), wait_until="domcontentloaded")
    expect(shopper.locator(".notice")).to_contain_text("This channel is on holiday")
    page.get_by_role("button", name="I’m back").click()
    expect(page.locator("#messages")).to_contain_text("Open again.")
    shopper.reload(wait_until="domcontentloaded")
    expect(shopper.get_by_text("This channel is on holiday")).to_have_count(0)
