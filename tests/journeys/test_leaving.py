"""Somebody takes her data along and leaves; what she wrote stays, without her name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market, until
from tests.journeys.steps import PASSWORD, RUN, sign_in, sign_up

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
TIME_PASSES = """
from django.utils import timezone
from accounts import services
from accounts.models import Erasure
Erasure.objects.filter(state="asked").update(due_at=timezone.now())
print(services.erase_due(limit=5))
"""


def test_data_is_taken_along_and_the_account_deleted(open_page: OpenPage, market: Market):
    page, address = open_page("phone", "en"), f"leaving-{RUN}@example.com"
    page.goto("/accounts/signup/", wait_until="domcontentloaded")
    sign_up(page, market, address, address, "Lena")
    page.wait_for_url("/", wait_until="domcontentloaded")
    page.goto("/me/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Make an archive").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    until(lambda: market.sql("SELECT 1 FROM accounts_dataexport WHERE state = 'ready'"))
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_role("link", name="Download")).to_be_visible()

    page.get_by_role("link", name="Delete your account").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")

    assert market.run(TIME_PASSES) == "1\n"
    page.goto("/accounts/login/", wait_until="domcontentloaded")
    sign_in(page, address, PASSWORD)
    expect(page.get_by_role("alert").first).to_contain_text("do not match")
    left = market.sql("SELECT count(*) FROM accounts_user WHERE email = %s OR display_name = 'Lena'", address)
    assert left == [(0,)]
