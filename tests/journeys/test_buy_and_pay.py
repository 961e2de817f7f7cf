"""Money in a conversation, two browsers at once: a shopper on a phone, a seller at a desk."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.browser import overflow
from tests.journeys.conftest import Market
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
LIVE = 1000  # milliseconds until the other side sees it
TALK = """
SELECT c.id, p.id FROM chat_conversation c JOIN sellers_product p ON p.id = c.product_id
JOIN sellers_channel s ON s.id = c.channel_id JOIN accounts_user u ON u.id = c.shopper_id
WHERE u.email = %s AND s.handle = %s ORDER BY c.id
"""


@dataclass
class Talk:
    """One conversation at three windows: the seller's, the shopper's, and one in which the shopper does things."""

    path: str
    seller: Page
    shopper: Page
    hand: Page
    name: str = ""

    @classmethod
    def open(cls, open_page: OpenPage, market: Market, handle: str, *, scripts: bool = True) -> "Talk":
        pk, _product = market.sql(TALK, market.logins["shopper"]["login"], handle)[0]
        seller, shopper = open_page("desk", "en", who="seller"), open_page("phone", "en", who="shopper")
        hand = shopper.context.new_page() if scripts else open_page("phone", "en", who="shopper", scripts=False)
        talk = cls(f"/chats/{pk}/", seller, shopper, hand)
        for page in (seller, shopper):
            page.goto(talk.path)
        shopper.evaluate("window.isTheSamePage = true")
        return talk

    def ask(self, note: str) -> None:
        """The seller asks for the thing the talk is about."""
        self.seller.locator(f'.composer a[href="{self.path}money/"]').click()
        expect(self.seller.locator("#totals > div")).to_have_count(3)
        self.seller.locator("[name=note]").fill(note)
        self.seller.locator(".form-actions button").click()
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

    def do(self, page: Page, verb: str, **fields: str) -> None:
        """A step on its own page, in a window beside the thread."""
        page.goto(f"{self.request}{verb}/")
        for name, value in fields.items():
            field = page.locator(f"[name={name}]")
            field.locator(f"xpath=self::*[@value='{value}']").check() if name == "reason" else field.fill(value)
        page.locator("form .form-actions button").click()
        expect(page).to_have_url(re.compile(rf"{self.request}$"))


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
    expect(page).to_have_url(re.compile(r"/requests/[\w-]+/$"))


@pytest.fixture(autouse=True)
def _enough_for_all(market: Market) -> None:
    """Every test buys of what the shopper talks about."""
    market.sql("UPDATE sellers_product SET stock = 50, version = version + 1 WHERE stock < 50")


PLACES = {"en": ("US", "97205", "+15035550123"), "fa": ("IR", "1234567890", "+982112345678")}


@pytest.fixture(params=["en", "fa"])
def language(request: pytest.FixtureRequest, market: Market) -> Iterator[str]:
    """What the shopper and the seller read."""
    people = [market.logins[who]["login"] for who in ("shopper", "seller")]
    speak = "UPDATE accounts_user SET language = %s, market = %s WHERE email = ANY(%s)"
    market.sql(speak, request.param, {"en": "us", "fa": "ir"}[request.param], people)
    yield request.param
    market.sql(speak, "en", "us", people)


def test_from_asking_to_released(open_page: OpenPage, market: Market, language: str):
    handle = market.logins["seller"][f"desk_{language}"].split("/")[2]
    talk = Talk.open(open_page, market, handle)
    talk.ask(f"Wrapped {RUN} {language}")
    talk.becomes("open", 0)
    for page in (talk.seller, talk.shopper):
        assert overflow(page) == 0
    talk.card(talk.shopper).locator("footer a.primary").evaluate("link => link.target = '_blank'")
    with talk.shopper.context.expect_page() as opened:
        talk.card(talk.shopper).locator("footer a.primary").click()
    hand = opened.value
    if hand.locator("[name=address]").count() == 0:
        hand.locator('a[href$="/address/"]').click()
        fill_address(hand, *PLACES[language])
        hand.locator("#form .form-actions button").click()
    pay_at_the_sandbox(hand)
    talk.becomes("safe", 2)
    receipt = talk.shopper.locator(f'#lines a[href="{talk.request}receipt/"]')
    expect(receipt).to_have_count(1)
    desk = talk.seller.context.new_page()
    talk.do(desk, "ship", tracking="1Z999")
    talk.becomes("safe", 3)
    talk.do(hand, "confirm-delivery")
    talk.becomes("safe", 3)
    talk.do(hand, "release")
    talk.becomes("safe", 4)
    expect(talk.card(talk.seller).locator("footer")).to_have_count(0)
    talk.shopper.goto(receipt.get_attribute("href") or "")
    expect(talk.shopper.locator(".receipt")).to_be_visible()


def test_a_refund_is_asked_and_given(open_page: OpenPage, market: Market):
    talk = Talk.open(open_page, market, "saffron_clay", scripts=False)
    talk.ask(f"Returned {RUN}")
    talk.hand.goto(f"{talk.request}pay/")
    if talk.hand.locator("[name=address]").count() == 0:
        talk.hand.locator('a[href$="/address/"]').click()
        fill_address(talk.hand, *PLACES["en"])
        talk.hand.locator("#form .form-actions button").click()
    pay_at_the_sandbox(talk.hand)
    talk.becomes("safe", 2)
    talk.do(talk.hand, "ask-refund", reason="changed_mind", text="Too small")
    talk.becomes("warm", 3)
    expect(talk.card(talk.seller)).to_contain_text("Too small")
    desk = talk.seller.context.new_page()
    talk.do(desk, "accept-refund")
    talk.becomes("safe", 3)
    told = talk.shopper.locator("#lines .day[data-card]").filter(has_text="went back to the buyer")
    expect(told).to_have_count(1)


def test_buying_from_the_things_page_with_scripts_off(open_page: OpenPage, market: Market):
    handle = "saffron_clay"
    _talk, product = market.sql(TALK, market.logins["shopper"]["login"], handle)[0]
    seller = open_page("desk", "en", who="seller")
    seller.goto(f"/dashboard/{handle}/chats/")
    page = open_page("phone", "en", scripts=False)
    page.goto(f"/p/{product}/")
    page.get_by_role("link", name="Buy").click()
    page.get_by_label("E-mail or mobile number").fill(market.logins["shopper"]["login"])
    page.get_by_label("Password").fill(market.logins["shopper"]["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("Bisat holds your money")
    if page.locator("[name=address][value=new][type=radio]").count():
        page.locator("[name=address][value=new][type=radio]").check()
    fill_address(page, *PLACES["en"], prefix="to-")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Count the sum anew").click()
    total = page.locator("#total dd").inner_text()
    page.get_by_role("button", name="Go on to pay").click()
    expect(page.get_by_role("button", name=f"Pay {total} safely")).to_be_visible()
    pay_at_the_sandbox(page)
    expect(page.locator(".money")).to_have_class(re.compile(r"\bsafe\b"))
    expect(seller.locator("#chats")).to_contain_text("Bisat holds the money")
