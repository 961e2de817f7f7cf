"""The sandbox bank's page: fits, passes axe, and takes a decision by plain forms."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bench.browser import RULES, overflow
from tests.journeys.conftest import Market
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
_numbers = count(1)
ASK = """
from payments.providers import Order, get_provider
from payments.sandbox.models import SandboxPayment
order = Order("{reference}", 3850, "USD", "Teapot", "{address}/channels/?request=7", "", "en")
print("answer:", {question})
"""


class Bank:
    """One payment at the market's sandbox, asked about by the market's own code."""

    def __init__(self, market: Market) -> None:
        self.market, self.reference = market, f"journey-{RUN}-{next(_numbers)}"
        self.path = self.ask("get_provider('sandbox').create(order).redirect_url").removeprefix(market.address)

    def ask(self, question: str) -> str:
        said = ASK.format(reference=self.reference, address=self.market.address, question=question)
        return self.market.run(said).rpartition("answer: ")[2].strip()

    def outcome(self) -> str:
        token = "SandboxPayment.objects.get(reference=order.reference).token"
        return self.ask(f"get_provider('sandbox').status(order, {token}).outcome")


@pytest.fixture
def bank(market: Market) -> Bank:
    return Bank(market)


@pytest.mark.parametrize(("width", "language"), [("phone", "en"), ("desk", "fa")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_passes_axe(open_page: OpenPage, bank: Bank, width: str, language: str, scheme: str):
    page = open_page(width, language)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(bank.path, wait_until="domcontentloaded")
    assert overflow(page) == 0
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["target"]) for violation in found] == []
    sizes = page.locator(".button, .choices label").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert [size for size in sizes if size < 44] == []


def test_paying_brings_the_buyer_back(open_page: OpenPage, bank: Bank):
    page = open_page("phone", "en")
    page.goto(bank.path, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay $38.50")
    assert bank.outcome() == "unknown"
    page.get_by_role("button", name="Pay").click()
    expect(page).to_have_url(re.compile(rf"/channels/\?request=7&reference={bank.reference}&status=OK$"))
    assert bank.outcome() == "paid"
    page.goto(bank.path, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    expect(page.get_by_role("button")).to_have_count(0)


def test_declining_without_scripts(open_page: OpenPage, bank: Bank):
    page = open_page("desk", "en", scripts=False)
    page.goto(bank.path, wait_until="domcontentloaded")
    page.get_by_role("button", name="Decline").click()
    expect(page).to_have_url(re.compile("status=NOK$"))
    assert bank.outcome() == "failed"


def test_a_fault_is_switched_on_without_scripts(open_page: OpenPage, bank: Bank):
    page = open_page("phone", "en", scripts=False)
    page.goto(bank.path, wait_until="domcontentloaded")
    page.get_by_label("Never sends the buyer back").check()
    page.get_by_label("Takes a tenth of the amount").check()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid")
    expect(page.get_by_role("row", name="Amount")).to_contain_text("$3.85")
    expect(page.get_by_role("link", name="Back to the seller")).to_have_count(0)
    assert bank.outcome() == "failed"
