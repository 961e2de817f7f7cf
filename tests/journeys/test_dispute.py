"""Money that is argued about, at three screens: a shopper's phone, a seller's and staff's desks."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import overflow
from tests.journeys.conftest import Market
from tests.journeys.deals import LIVE, OpenPage, Talk
from tests.journeys.steps import PASSWORD, RUN, draw_pictures

pytestmark = pytest.mark.journey
SHOPS = {"en": "saffron_clay", "fa": "sofal_zaferan"}
# As typed by the seller and by staff (dollars, toman); then in minor units: what the buyer and the seller get of it.
SUMS = {"en": ("100.03", "40.01", 4001, 5702), "fa": ("1000003", "400001", 4_000_010, 5_700_019)}
BALANCES = """
SELECT coalesce(sum(a.balance_minor) FILTER (WHERE a.kind = 'wallet'), 0)::bigint,
    coalesce(sum(a.balance_minor) FILTER (WHERE a.kind = 'seller_payable'), 0)::bigint
FROM payments_moneyrequest r LEFT JOIN payments_account a
    ON (a.person_id = r.buyer_id OR a.channel_id = r.channel_id) AND a.currency = r.currency WHERE r.token = %s
"""
LOOKS = "SELECT count(*) FROM core_auditentry WHERE verb = 'read' AND reason = %s AND data::text LIKE %s"
SECOND = """
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from accounts import services as accounts
person = accounts.create_person(
    display_name="Second", email={login!r}, password={password!r}, is_staff=True, is_superuser=True
)
secret = generate_totp_secret()
TOTP.activate(person, secret)
print("secret", secret)
"""


def balances(market: Market, token: str) -> tuple[int, int]:
    """What lies in the wallet of a request's buyer and on its seller's balance."""
    wallet, balance = market.sql(BALANCES, token)[0]
    return wallet, balance


def find_dispute(staff: Page, token: str) -> None:
    """From the first page of the admin site to the dispute."""
    staff.goto("/admin/", wait_until="domcontentloaded")
    staff.locator('#content a[href^="/admin/payments/dispute/"]').first.click()
    staff.locator("#searchbar").fill(token)
    staff.locator("#changelist-search [type=submit]").click()
    staff.locator("#result_list .field-title a").click()


def read_the_talk(staff: Page, because: str) -> None:
    """The way from the dispute to what was said, and back."""
    here = staff.url
    staff.locator('a[href^="/admin/chat/conversation/?q="]').click()
    staff.locator("#result_list .field-link a").click()
    staff.locator("[name=because]").fill(because)
    expect(staff.locator("#content-main table")).to_have_count(0)
    staff.locator(".submit-row input").click()
    expect(staff.locator("#content-main tbody tr").first).to_be_visible()
    staff.goto(here, wait_until="domcontentloaded")


def decide(staff: Page, decision: str, reason: str, amount: str = "") -> None:
    staff.locator(f"[name=decision][value={decision}]").check()
    staff.locator("[name=amount]").fill(amount)
    staff.locator("[name=reason]").fill(reason)
    staff.locator(".submit-row input.default").click()
    staff.locator("[name=sure] ~ .submit-row input.default").click()


def test_a_dispute_is_split_by_staff(open_page: OpenPage, market: Market, language: str, tmp_path: Path):
    broken, packed, _third = draw_pictures(tmp_path)
    price, part, to_buyer, to_seller = SUMS[language]
    talk = Talk.open(open_page, market, SHOPS[language], scripts=language == "fa")
    talk.ask(f"Argued about {RUN}", price)
    talk.pay(language)
    desk = talk.seller.context.new_page()
    talk.do(desk, "ship", tracking="1Z999")
    talk.do(talk.hand, "ask-refund", photo=broken, reason="damaged", text="A crack in it")
    talk.becomes("warm", 4)
    talk.do(desk if language == "en" else talk.hand, "escalate", reason="We do not agree")
    talk.do(talk.hand, "add-evidence", photo=broken, text="It came like this")
    talk.do(desk, "add-evidence", photo=packed, text="It left us whole")
    expect(desk.locator(".shown img")).to_have_count(3)

    staff = open_page("desk", language, who="staff")
    token = talk.request.split("/")[2]
    find_dispute(staff, token)
    expect(staff.locator("#content img")).to_have_count(3)
    because = f"To decide {RUN} {language}"
    read_the_talk(staff, because)
    assert market.sql(LOOKS, because, f"%{token}%") == [(1,)]
    wallet, balance = balances(market, token)
    decide(staff, "split", "Both are right", part)
    talk.becomes("safe", 4)
    for page in (talk.shopper, talk.seller):
        expect(talk.card(page)).to_contain_text("Both are right")
        assert overflow(page) == 0
    assert balances(market, token) == (wallet + to_buyer, balance + to_seller)


def test_a_large_decision_waits_for_a_second_person(open_page: OpenPage, market: Market):
    talk = Talk.open(open_page, market, SHOPS["en"])
    talk.ask(f"Dear {RUN}", "200.01")
    talk.pay("en")
    talk.do(talk.hand, "ask-refund", reason="wrong_item", text="Another one")
    talk.do(talk.hand, "escalate", reason="No answer")
    first = open_page("desk", "en", who="staff")
    token = talk.request.split("/")[2]
    find_dispute(first, token)
    decide(first, "refund", "It is another one")
    expect(first.locator("#content")).to_contain_text("A second person must confirm this decision.")
    expect(first.locator("#content form")).to_have_count(0)
    talk.becomes("warm", 3)
    wallet, balance = balances(market, token)

    login = f"second-{RUN}@example.com"
    code = SECOND.format(login=login, password=PASSWORD)
    secret = re.findall(r"secret (\S+)", market.run(code))[0]
    market.logins["second"] = {"login": login, "password": PASSWORD, "secret": secret}
    second = open_page("desk", "en", who="second")
    find_dispute(second, token)
    second.get_by_role("button", name="Confirm: the money moves").click()
    talk.becomes("safe", 3)
    for page in (talk.shopper, talk.seller):
        expect(talk.card(page)).to_contain_text("It is another one", timeout=LIVE)
    assert balances(market, token) == (wallet + 200_01, balance)
