"""What several journeys do in the same words."""

import secrets
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market

PASSWORD = "a-rug-by-the-window"
RUN = secrets.token_hex(3)  # makes names that no earlier run used
COLORS = ("crimson", "teal", "goldenrod")


def sign_in(page: Page, login: str, password: str) -> None:
    """Fills the sign-in page one is on."""
    page.get_by_label("E-mail or mobile number").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def sign_up(page: Page, market: Market, contact: str, sent_to: str, name: str) -> None:
    """Fills the sign-up page one is on, and the code's page after it."""
    page.get_by_label("E-mail or mobile number").fill(contact)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code")
    page.get_by_label("Code").fill(market.latest_code(sent_to))
    page.get_by_role("button", name="Continue").click()


def current_code(market: Market, who: str = "staff") -> str:
    """What a staff person's authenticator shows; each code is taken once."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(market.logins[who]["secret"], counter)))


def draw_pictures(folder: Path) -> list[str]:
    """Three JPEG files of one color each, larger than the widest copy."""
    files = []
    for color in COLORS:
        files.append(str(folder / f"{color}.jpg"))
        Image.new("RGB", (1700, 1300), color).save(files[-1])
    return files


def say(page: Page) -> str:
    """The newest message."""
    return page.locator("#messages .toast span").last.inner_text()
