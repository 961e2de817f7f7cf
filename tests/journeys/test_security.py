"""A passkey is set up, signs in alone, and its loss is survived by a recovery code."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market
from tests.journeys.steps import PASSWORD, RUN, sign_in, sign_up

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
PHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


def sign_out(page: Page) -> None:
    page.goto("about:blank")  # or what the page still asks for brings cookies again
    page.context.clear_cookies()


def test_a_passkey_and_the_loss_of_the_phone(open_page: OpenPage, market: Market):
    page, address = open_page("phone", "en"), f"passkey-{RUN}@example.com"
    site = market.address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = PHONE | {"isUserVerified": True, "automaticPresenceSimulation": True}
    phone = devices.send("WebAuthn.addVirtualAuthenticator", {"options": made})["authenticatorId"]

    page.goto(f"{site}/accounts/signup/", wait_until="domcontentloaded")
    sign_up(page, market, address, address, "Pari")
    page.wait_for_url(f"{site}/", wait_until="domcontentloaded")
    page.goto(f"{site}/me/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Security").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Its name").fill("Blue phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text().split() == codes
    page.get_by_role("link", name="Back to security").click()
    expect(page.get_by_role("heading", name="Blue phone")).to_be_visible()

    sign_out(page)
    page.goto(f"{site}/accounts/login/", wait_until="domcontentloaded")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/", wait_until="domcontentloaded")

    sign_out(page)
    devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": phone})
    page.goto(f"{site}/accounts/login/", wait_until="domcontentloaded")
    sign_in(page, address, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more proof")
    page.get_by_label("Code from your app, or a recovery code").fill(codes[0])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/", wait_until="domcontentloaded")
    page.goto(f"{site}/accounts/security/", wait_until="domcontentloaded")
    expect(page.get_by_role("link", name="Recovery codes")).to_contain_text("9 left")
