"""A conversation with money in it, at several windows at once."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Market

OpenPage = Callable[..., Page]
LIVE = 1000  # milliseconds until the other side sees it
PLACES = {"en": ("US", "97205", "+15035550123"), "fa": ("IR", "1234567890", "+982112345678")}
TALK = """
SELECT c.id, p.id FROM chat_conversation c JOIN sellers_product p ON p.id = c.product_id
JOIN sellers_channel s ON s.id = c.channel_id JOIN accounts_user u ON u.id = c.shopper_id
WHERE u.email = %s AND s.handle = %s ORDER BY c.id
"""


@dataclass
class Talk:
    """One conversation at three windows: the seller's, the shopper's, and one in which the shopper does things.

    There is enough of everything for all tests that buy.
    """

    path: str
    seller: Page
    shopper: Page
    hand: Page
    name: str = ""

    @classmethod
    def open(cls, open_page: OpenPage, market: Market, handle: str, *, scripts: bool = True) -> "Talk":
        market.sql("UPDATE sellers_product SET stock = 50, version = version + 1 WHERE stock < 50")
        pk, product = market.sql(TALK, market.logins["shopper"]["login"], handle)[0]
        seller, shopper = open_page("desk", "en", who="seller"), open_page("phone", "en", who="shopper")
        hand = shopper.context.new_page() if scripts else open_page("phone", "en", who="shopper", scripts=False)
        talk = cls(f"/chats/{pk}/", seller, shopper, hand)
        seller.goto(talk.path, wait_until="domcontentloaded")
        shopper.goto(f"/p/{product}/", wait_until="domcontentloaded")
        shopper.locator(f'main a[href="/p/{product}/ask/"]').first.click()
        shopper.wait_for_url(f"**{talk.path}", wait_until="domcontentloaded")
        shopper.evaluate("window.isTheSamePage = true")
        return talk

    def ask(self, note: str, price: str = "") -> None:
        """The seller asks for the thing the talk is about, at its own price or at this one."""
        self.seller.locator(f'.composer a[href="{self.path}money/"]').click()
        expect(self.seller.locator("#totals > div")).to_have_count(3)
        if price:
            self.seller.locator("[name$=-price]").fill(price)
        self.seller.locator("[name=note]").fill(note)
        self.seller.locator(".form-actions .primary").click()
        expect(self.seller).to_have_url(re.compile(rf"{self.path}#newest$"))
        self.seller.evaluate("window.isTheSamePage = true")
        expect(self.shopper.locator(".money").filter(has_text=note)).to_be_visible(timeout=LIVE)
        self.name = self.card(self.shopper).get_attribute("id") or ""

    def card(self, page: Page) -> Locator:
        return page.locator(f"#{self.name}") if self.name else page.locator("#lines .money").last

    @property
    def request(self) -> str:
        """The request's own address."""
        return f"/requests/{self.name.removeprefix('request-')}/"

    def becomes(self, tone: str, steps_done: int) -> None:
        """Both threads show it within a second, and neither was loaded anew."""
        began = time.monotonic()
        for page in (self.seller, self.shopper):
            card = self.card(page)
            expect(card).to_have_class(re.compile(rf"\b{tone}\b"), timeout=LIVE)
            expect(card.locator(".steps .done")).to_have_count(steps_done, timeout=LIVE)
            assert page.evaluate("window.isTheSamePage") is True
        assert time.monotonic() - began < 1.5

    def pay(self, language: str) -> None:
        """The shopper pays by the sandbox, and says where to send it if she never did."""
        self.hand.goto(f"{self.request}pay/", wait_until="domcontentloaded")
        if self.hand.locator("[name=address]").count() == 0:
            self.hand.locator('a[href$="/address/"]').click()
            fill_address(self.hand, *PLACES[language])
            self.hand.locator("#form .form-actions button").click()
        pay_at_the_sandbox(self.hand)

    def do(self, page: Page, verb: str, photo: str = "", **fields: str) -> None:
        """A step on its own page, in a window beside the thread."""
        page.goto(f"{self.request}{verb}/", wait_until="domcontentloaded")
        if photo:
            page.locator("[name=photo_files]").set_input_files(photo)
        for name, value in fields.items():
            choice = page.locator(f"[name={name}][type=radio][value='{value}']")
            choice.check() if choice.count() else page.locator(f"[name={name}]").fill(value)
        page.locator("form .form-actions button").click()
        page.wait_for_url(re.compile(rf"{self.request}$"), wait_until="domcontentloaded")


def fill_address(page: Page, country: str, code: str, phone: str, prefix: str = "") -> None:
    words = {"name": "Sara", "phone": phone, "lines": "1 Oak Street", "city": "Somewhere", "postal_code": code}
    page.locator(f"[name={prefix}country]").select_option(country)
    for name, value in words.items():
        page.locator(f"[name={prefix}{name}]").fill(value)


def pay_at_the_sandbox(page: Page) -> None:
    """From the pay page with its address to the bank and back."""
    page.locator("[name=way][value=sandbox]").check()
    page.locator("form .form-actions button").click()
    page.locator(".attempt a.primary").click()
    page.locator("button[name=decision][value=pay]").click()
    page.wait_for_url(re.compile(r"/requests/[\w-]+/$"), wait_until="domcontentloaded")
