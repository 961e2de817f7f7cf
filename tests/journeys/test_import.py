"""A seller brings her table and her Telegram channel, and takes all of it along."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.exports import every_shape, jpeg, zip_of
from tests.journeys.conftest import Market
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
IMPORT = "/dashboard/saffron_clay/import/"


def bring(page: Page, file: Path, pictures: Path | None = None) -> None:
    page.goto(IMPORT, wait_until="domcontentloaded")
    page.get_by_label("File", exact=True).set_input_files(file)
    if pictures:
        page.get_by_label("Pictures of the table").set_input_files(pictures)
    page.get_by_role("button", name="Upload").click()


def test_a_table_with_columns_of_its_own_becomes_products(open_page: OpenPage, market: Market, tmp_path: Path):
    title = f"Glazed {RUN} bowl"
    table = tmp_path / "stock.csv"
    table.write_text(f"Art.;What;Price;Foto\n{RUN}-1;{title};17.95;Bowl.jpg\n{RUN}-2;;5;\n", encoding="utf-16")
    page = open_page("phone", "en", who="seller")
    bring(page, table, zip_of(tmp_path / "p.zip", {"photos/bowl.jpg": jpeg("tan", (600, 750))}))
    expect(page.get_by_role("group", name="Which column is what?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    page.get_by_label("Art.").select_option(label="Number (yours)")
    page.get_by_label("Foto").select_option(label="Picture")
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.locator("#import [role=alert]")).to_contain_text("No column is: Title.")
    page.get_by_label("What", exact=True).select_option(label="Title")
    page.locator("#id_category").select_option(index=1)
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.get_by_role("heading", name="Line by line")).to_be_visible()
    expect(page.locator(".reasons tbody")).to_have_text("3title is empty")
    guest = open_page("phone", "en")
    guest.goto("/@saffron_clay/", wait_until="domcontentloaded")
    expect(guest.get_by_text(title).first).to_be_visible()


def test_a_telegram_channel_is_brought_reviewed_and_undone(open_page: OpenPage, market: Market, tmp_path: Path):
    page = open_page("phone", "en", who="seller")
    before = market.sql("SELECT count(*) FROM sellers_post")
    bring(page, every_shape(tmp_path / "export.zip"))
    page.get_by_role("link", name="Review").click()
    bowl, jug = page.locator(".offer").all()
    expect(bowl.get_by_label("Title")).to_have_value("Clay bowl")
    for offer in (bowl, jug):
        offer.get_by_label("Sell this").check()
        offer.get_by_label("Category").select_option(index=3)
    page.get_by_role("button", name="Sell the ticked ones").click()
    expect(page.locator(".offer")).to_have_count(1)
    expect(page.locator(".offer [role=alert]")).to_contain_text("A product needs at least one picture.")
    page.get_by_role("button", name="Leave them as posts").click()
    page.get_by_role("link", name="Back to the import").click()
    expect(page.locator("#import .kpi").first).to_contain_text("5")
    expect(page.locator("#import")).to_contain_text("forwarded messages")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.locator("#import .notice")).to_contain_text("All of it is gone again.")
    assert market.sql("SELECT count(*) FROM sellers_post") == before


def test_a_channel_is_taken_along_without_scripts_and_brought_back(open_page: OpenPage, market: Market, tmp_path: Path):
    page = open_page("desk", "en", who="seller", scripts=False)
    page.goto(IMPORT, wait_until="domcontentloaded")
    page.get_by_role("button", name="Make a ZIP").click()
    link = page.get_by_role("link", name="Download")
    for _look in range(30):
        if link.count():
            break
        page.get_by_role("link", name="Look again").click()
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "channel.zip"
    download.value.save_as(file)
    home = f"home_{RUN}"
    made = f"""
from accounts.models import User
from sellers import services as sellers
owner = User.objects.get(email={market.logins["seller"]["login"]!r})
sellers.create_channel(owner=owner, name="New home", handle={home!r}, tagline="x", city="Porto", market="us", language="en")
"""
    market.run(made)
    # What comes into a channel that nobody checked would wait for staff.
    market.sql("UPDATE sellers_channel SET verified_at = now() WHERE handle = %s", home)
    again = open_page("desk", "en", who="seller")
    again.goto(f"/dashboard/{home}/import/", wait_until="domcontentloaded")
    again.get_by_label("File", exact=True).set_input_files(file)
    again.get_by_role("button", name="Upload").click()
    expect(again.get_by_role("heading", name="Not what you wanted?")).to_be_visible(timeout=20_000)
    said = """
SELECT array_agg((post.text, post.state, post.published_at, (SELECT count(*) FROM sellers_postpicture WHERE post_id = post.id))::text
    ORDER BY post.text, post.created_at) FROM sellers_post post JOIN sellers_channel channel ON channel.id = channel_id WHERE handle = %s
"""
    assert market.sql(said, home) == market.sql(said, "saffron_clay")
