"""A shopper pays by the sandbox on her phone: with scripts and without, in English and in Persian."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
SHOPS = {"en": "saffron_clay", "fa": "sofal_zaferan"}
ASK = """
import uuid
from accounts.models import User
from payments import services as payments
from sellers.models import Channel
channel = Channel.objects.get(handle={handle!r})
buyer = User.objects.get(email={email!r})
seller = channel.members.get(role="owner").person
product = channel.products.filter(is_listed=True).exclude(stock=0).first()
line = payments.Line(product.title, product.price_minor, 1, product.pk)
key = str(uuid.uuid4())
print("token", payments.request_money(channel=channel, buyer=buyer, by=seller, lines=[line], key=key).token)
"""


def ask(market: Market, language: str) -> str:
    """A seller's request to the demo's shopper; its token."""
    code = ASK.format(handle=SHOPS[language], email=market.logins["shopper"]["login"])
    return re.findall(r"token (\S+)", market.run(code))[0]


def speak(page: Page, language: str) -> None:
    page.goto("/preferences/", wait_until="domcontentloaded")
    page.locator("#language").select_option(language)
    page.locator("#market").select_option({"en": "us", "fa": "ir"}[language])
    page.locator("main form .primary").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def give_address(page: Page) -> None:
    """Fills the form of a new address if none is kept yet."""
    if page.locator("[name=address]").count():
        return
    page.locator("a[href$='/address/']").click()
    for name, words in {
        "name": "Sara Moradi",
        "phone": "+1 503 555 0142",
        "lines": "12 Mill Street",
        "city": "Portland",
        "postal_code": "97205",
    }.items():
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=country]").select_option("US")
    page.locator("#form .primary").click()
    expect(page).to_have_url(re.compile(r"/pay/$"))


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_shopper_pays_by_the_sandbox(open_page: OpenPage, market: Market, language: str, scripts: bool):
    token = ask(market, language)
    page = open_page("phone", language, scripts=scripts, who="shopper")
    speak(page, language)
    page.goto(f"/requests/{token}/", wait_until="domcontentloaded")
    page.locator(f"#request-{token} footer .primary").click()
    give_address(page)
    page.locator("label:has([name=way][value=sandbox])").click()
    page.locator("#pay form .primary").click()
    expect(page).to_have_url(re.compile(r"/attempts/\S+/$"))
    page.locator("#attempt a.primary").click()
    expect(page).to_have_url(re.compile(r"/sandbox/"))
    page.locator("button[name=decision][value=pay]").click()
    expect(page).to_have_url(re.compile(rf"/requests/{token}/$"))
    expect(page.locator(f"#request-{token}")).to_have_class(re.compile(r"\bsafe\b"))
    expect(page.locator(f"#request-{token} .steps [aria-current]")).to_have_count(1)
    expect(page.locator("#messages .toast")).to_have_count(1)
    speak(page, "en")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_money_in_the_wallet_goes_back_to_the_card_it_came_from(open_page: OpenPage, scripts: bool):
    page = open_page("phone", "en", scripts=scripts, who="shopper")
    page.goto("/wallet/?currency=USD", wait_until="domcontentloaded")
    before = money(page)
    page.get_by_role("link", name="Put money in").click()
    page.locator("[name=amount]").fill("30")
    page.locator("label:has([name=way][value=sandbox])").click()
    page.locator("#form .primary").click()
    page.locator("#attempt a.primary").click()
    page.locator("button[name=decision][value=pay]").click()
    expect(page).to_have_url(re.compile(r"/wallet/"))
    assert money(page) == before + 30_00

    page.get_by_role("link", name="Back to your card").click()
    topped_up = page.locator("section li", has_text="Put into the wallet").first
    topped_up.get_by_role("link", name="Send back").click()
    page.locator("[name=amount]").fill("31")
    page.locator("#form .primary").click()
    expect(page.locator("#form [aria-invalid=true]")).to_have_value("31")
    page.locator("[name=amount]").fill("12.50")
    page.locator("#form .primary").click()
    expect(page).to_have_url(re.compile(r"/wallet/card/\?currency=USD$"))
    expect(topped_up.locator(".badge")).to_have_count(1)
    assert money(page) == before + 17_50


def money(page: Page) -> int:
    """What the page says is in the wallet, in cents."""
    return round(float(re.sub(r"[^\d.]", "", page.locator(".balance .sum-large").inner_text())) * 100)
