"""Money in a conversation, two browsers at once: a shopper on a phone, a seller at a desk."""

import re

import pytest
from playwright.sync_api import expect

from bench.browser import overflow
from tests.journeys.conftest import Market
from tests.journeys.deals import PLACES, TALK, OpenPage, Talk, fill_address, pay_at_the_sandbox
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey


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
    talk.shopper.goto(receipt.get_attribute("href") or "", wait_until="domcontentloaded")
    expect(talk.shopper.locator(".receipt")).to_be_visible()


def test_a_draft_is_the_sellers_until_it_is_sent(open_page: OpenPage, market: Market):
    talk = Talk.open(open_page, market, "saffron_clay")
    seller, note = talk.seller, f"Kept back {RUN}"
    seller.locator(f'.composer a[href="{talk.path}money/"]').click()
    seller.locator("[name=note]").fill(note)
    seller.get_by_role("button", name="Keep as a draft").click()
    draft = seller.locator("a.about.draft").filter(has_text="A draft: only your team sees it").first
    expect(draft).to_be_visible()
    widths = seller.locator(".chat, .talk").evaluate_all("boxes => boxes.map((box) => box.offsetWidth)")
    assert widths[0] == widths[1]
    draft.click()
    expect(seller.get_by_role("main")).to_contain_text(note)
    expect(talk.shopper.locator(".money").filter(has_text=note)).to_have_count(0)
    seller.get_by_role("link", name="Send").click()
    seller.locator("form .form-actions button").click()
    expect(talk.shopper.locator(".money").filter(has_text=note)).to_be_visible(timeout=5000)


def test_a_refund_is_asked_and_given(open_page: OpenPage, market: Market, language: str):
    handle = market.logins["seller"][f"desk_{language}"].split("/")[2]
    talk = Talk.open(open_page, market, handle, scripts=False)
    talk.ask(f"Returned {RUN} {language}")
    talk.pay(language)
    talk.becomes("safe", 2)
    talk.do(talk.hand, "ask-refund", reason="changed_mind", text="Too small")
    talk.becomes("warm", 3)
    expect(talk.card(talk.seller)).to_contain_text("Too small")
    desk = talk.seller.context.new_page()
    talk.do(desk, "accept-refund")
    talk.becomes("safe", 3)
    told = talk.shopper.locator("#lines .day[data-card]").last
    expect(told).to_contain_text({"en": "went back to the buyer", "fa": "به خریدار برگشت"}[language])


def test_buying_from_the_things_page_with_scripts_off(open_page: OpenPage, market: Market):
    handle = "saffron_clay"
    _talk, product = market.sql(TALK, market.logins["shopper"]["login"], handle)[0]
    seller = open_page("desk", "en", who="seller")
    seller.goto(f"/dashboard/{handle}/chats/", wait_until="domcontentloaded")
    page = open_page("phone", "en", scripts=False)
    page.goto(f"/p/{product}/", wait_until="domcontentloaded")
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
