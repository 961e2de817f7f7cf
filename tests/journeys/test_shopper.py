"""A guest on a phone: looks, keeps, signs up and finds everything again."""

import re
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Market
from tests.journeys.steps import PASSWORD, RUN, sign_in, sign_up

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
DIGITS = f"{int(RUN, 16) % 10_000:04}"


def prices(cards: Locator) -> list[float]:
    texts = cards.locator(".price > span:not(.note):not(.cut)").all_text_contents()
    return [float(re.sub(r"[^\d.]", "", text)) for text in texts]


def look_at(page: Page, link: Locator) -> None:
    """Opens a thing and stays the second after which it counts as seen."""
    with page.expect_response(re.compile(r"/seen/$")):
        link.click()
        page.wait_for_url("**/p/**", wait_until="domcontentloaded")


def keep_things(page: Page) -> tuple[str, str, str]:
    """From the shop tab to two things seen, one saved, one channel followed: (saved, seen last, channel)."""
    page.goto("/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Come in, look around")
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Home & kitchen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Home & kitchen")
    page.get_by_role("button", name="Filters").click()
    page.locator("#facet-color").get_by_role("link", name="More").click()
    brown = page.locator("#facet-color label.facet").filter(has_text="Brown")
    count = int(brown.locator("> :last-child").inner_text())
    brown.click()
    expect(page.locator("#total")).to_have_text(f"{count} thing" + ("" if count == 1 else "s"))
    page.locator("#facets").get_by_role("button", name="Close").click()
    expect(page.locator("#products .product")).to_have_count(count)
    page.get_by_label("Sort by").select_option(label="Price: low to high")
    page.wait_for_url("**sort=**", wait_until="domcontentloaded")
    expect(page.locator("#products .product")).to_have_count(count)
    shown = prices(page.locator("#products .product"))
    assert shown == sorted(shown)
    first = page.locator("#products h3 a").first
    saved = first.inner_text()
    look_at(page, first)
    expect(page.get_by_role("heading", level=1)).to_have_text(saved)
    page.get_by_role("button", name=f"Save: {saved}").click()
    expect(page.get_by_role("button", name=f"Save: {saved}")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast")).to_contain_text("Saved. You find it under Me.")
    channel = page.locator("#seller-name").inner_text().strip()
    page.locator(".seller-card").get_by_role("button").click()
    expect(page.locator(".seller-card").get_by_role("button")).to_have_text(f"Following {channel}")
    second = page.locator("#more-title").locator("xpath=ancestor::section").locator("h3 a").first
    seen = second.inner_text()
    look_at(page, second)
    return saved, seen, channel


def expect_everything(page: Page, saved: str, seen: str, channel: str) -> None:
    """What was kept is there, each once."""
    page.goto("/me/", wait_until="domcontentloaded")
    expect(page.get_by_role("link", name="Saved")).to_contain_text("1 thing")
    expect(page.get_by_role("link", name="Following")).to_contain_text("1 channel")
    expect(page.locator("#recent-title").locator("xpath=ancestor::section").locator("h3")).to_have_text([seen, saved])
    page.goto("/saved/", wait_until="domcontentloaded")
    expect(page.locator("#saved h3")).to_have_text([saved])
    page.goto("/following/", wait_until="domcontentloaded")
    expect(page.locator("#following h2")).to_have_text([channel])


@pytest.mark.parametrize(
    ("contact", "sent_to"),
    [(f"lena-{RUN}@example.com", f"lena-{RUN}@example.com"), (f"(202) 555-{DIGITS}", f"+1202555{DIGITS}")],
    ids=["by e-mail", "by telephone"],
)
def test_what_a_guest_kept_survives_signing_up(open_page: OpenPage, market: Market, contact: str, sent_to: str):
    page = open_page("phone", "en")
    kept = keep_things(page)
    page.goto("/me/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Sign up").click()
    sign_up(page, market, contact, sent_to, "Lena")
    page.wait_for_url("/me/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lena")
    expect_everything(page, *kept)
    page.goto("/me/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/", wait_until="domcontentloaded")
    page.goto("/me/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you")
    expect(page.get_by_role("link", name="Saved")).to_contain_text("0 things")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(page, contact, PASSWORD)
    page.wait_for_url("/me/", wait_until="domcontentloaded")
    expect_everything(page, *kept)


def test_ask_leads_a_guest_through_sign_in_to_the_chat(open_page: OpenPage, market: Market):
    page = open_page("phone", "en")
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    page.locator(".post .buy-line").get_by_role("link", name="See it").first.click()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, market.logins["shopper"]["login"], market.logins["shopper"]["password"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saffron & Clay")
    expect(page.locator("a.about")).to_contain_text(title)


def test_a_like_comes_after_signing_in(open_page: OpenPage):
    page = open_page("phone", "en")
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    page.locator(".post-actions").first.get_by_role("button", name="likes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def search(page: Page, words: str) -> Locator:
    """Titles that are found."""
    box = page.get_by_role("searchbox", name="Search the shop")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(f"**/search/?q={quote_plus(words)}*", wait_until="domcontentloaded")
    return page.locator("#products h3")


def test_search_finds_things_channels_and_categories(open_page: OpenPage):
    page = open_page("phone", "en")
    page.goto("/", wait_until="domcontentloaded")
    expect(search(page, "teal teapot").first).to_have_text("Teal teapot, last of the batch")
    search(page, "saffron clay")
    expect(page.locator(".chips").get_by_role("link", name="Saffron & Clay")).to_be_visible()
    search(page, "sneakers")
    page.locator(".chips").get_by_role("link", name="Sneakers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sneakers")


def test_search_forgives_a_slip_and_never_ends_in_nothing(open_page: OpenPage):
    page = open_page("phone", "en")
    page.goto("/", wait_until="domcontentloaded")
    right = search(page, "teapot").all_text_contents()
    assert search(page, "teapto").all_text_contents() == right
    expect(page.get_by_role("main")).to_contain_text("Showing results for teapot.")
    search(page, "xylophonique")
    expect(page.get_by_role("status").filter(has_text="No thing matches")).to_contain_text("Try fewer or other words")
    page.get_by_role("navigation", name="Categories").get_by_role("link").first.click()
    expect(page.locator("#products .product").first).to_be_visible()


def test_persian_keyboards_write_the_same_words(open_page: OpenPage):
    page = open_page("phone", "fa")
    page.goto("/search/?q=کیف چرمی", wait_until="domcontentloaded")
    found = page.locator("#products h3").all_text_contents()
    assert len(found) > 0
    for words in ("كيف چرمي", "کیف‌چرمی", "  کيف   چرمی "):
        page.goto(f"/search/?q={words}", wait_until="domcontentloaded")
        assert (words, page.locator("#products h3").all_text_contents()) == (words, found)


def test_two_presses_and_two_tabs_agree(open_page: OpenPage, market: Market):
    page = open_page("phone", "en")
    page.goto("/newest/", wait_until="domcontentloaded")
    heart = page.locator("#products .like").first
    name = heart.get_attribute("aria-label") or ""
    heart.dblclick()
    expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    other = page.context.new_page()
    other.goto("/@saffron_clay/", wait_until="domcontentloaded")
    page.goto("/@saffron_clay/", wait_until="domcontentloaded")
    for tab in (page, other):  # the second still says "Follow", and must not undo the first
        tab.locator("#follow-switch").dblclick()
        expect(tab.locator("#follow-switch")).to_have_attribute("aria-pressed", "true")
    page.goto("/me/", wait_until="domcontentloaded")
    expect(page.get_by_role("link", name="Saved")).to_contain_text("1 thing")
    expect(page.get_by_role("link", name="Following")).to_contain_text("1 channel")
