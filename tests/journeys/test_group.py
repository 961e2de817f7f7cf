"""The storekeepers group: a question with a poll, an answer, an idea, a vote, and the word that it is planned."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Market, until
from tests.journeys.steps import RUN

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]


def test_a_question_becomes_an_idea_that_the_voter_hears_of(open_page: OpenPage, market: Market):
    title, wish = f"Parcels by bicycle {RUN}", f"A courier who comes at noon {RUN}"
    seller = open_page("phone", "en", who="seller")
    seller.goto("/dashboard/saffron_clay/", wait_until="domcontentloaded")
    seller.get_by_role("link", name=re.compile("^Storekeepers")).click()
    seller.get_by_role("link", name="New topic").click()
    seller.get_by_label("Title").fill(title)
    seller.get_by_label("Text").fill(wish)
    seller.get_by_text("Add a poll").click()
    seller.get_by_label("Question of the poll").fill("Which part of the day?")
    seller.get_by_label("Option 1").fill("Noon")
    seller.get_by_role("button", name="Post it").click()
    expect(seller.locator("#id_option_1_error")).to_be_visible()  # one option is none; nothing typed is lost
    expect(seller.get_by_label("Text")).to_have_value(wish)
    seller.get_by_label("Option 2").fill("Evening")
    seller.get_by_role("button", name="Post it").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text(title)
    topic = seller.url

    staff = open_page("desk", "en", who="staff")
    staff.goto("/admin/community/topic/?waits=1", wait_until="domcontentloaded")
    expect(staff.get_by_role("row").filter(has_text=title)).to_contain_text("0 minutes")
    staff.goto(topic, wait_until="domcontentloaded")
    staff.get_by_label("Your reply").fill("We ask the couriers.")
    staff.get_by_role("button", name="Reply", exact=True).click()
    expect(staff.locator("#replies .said")).to_contain_text("We ask the couriers.")
    expect(staff.get_by_label("Your reply")).to_have_value("")
    opening = staff.locator(".opening")
    opening.get_by_role("button", name="More").click()
    opening.get_by_role("link", name="Make it an idea").click()
    staff.get_by_label("The idea in one line").fill(wish)
    staff.get_by_role("button", name="Make it an idea").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text(wish)
    idea = staff.url

    rival = open_page("phone", "en", who="rival")
    rival.goto(topic, wait_until="domcontentloaded")
    rival.get_by_label("Noon").check()
    rival.get_by_role("button", name="Vote", exact=True).click()
    expect(rival.locator("#poll")).to_contain_text("1 vote")
    rival.goto(idea, wait_until="domcontentloaded")
    rival.locator("main .vote").click()
    expect(rival.locator("main .vote")).to_have_attribute("aria-pressed", "true")
    expect(rival.locator("main .vote")).to_contain_text("1")

    staff.get_by_role("link", name="Change the status").click()
    staff.get_by_label("Planned").check()
    staff.get_by_label("Why").fill("From spring on")
    staff.get_by_role("button", name="Save").click()
    expect(staff.locator(".idea-head .badge")).to_have_text("Planned")
    told = """SELECT 1 FROM news_news n JOIN accounts_user u ON u.id = n.person_id
        WHERE u.email = %s AND n.kind = 'group_idea_planned' AND n.params->>'idea' = %s"""
    until(lambda: market.sql(told, market.logins["rival"]["login"], wish))
    rival.goto("/news/", wait_until="domcontentloaded")
    rival.get_by_role("link", name=re.compile(f"An idea is planned: .*{wish}")).click()
    expect(rival.get_by_role("heading", level=1)).to_have_text(wish)
    expect(rival.locator("main .notice")).to_have_text("From spring on")
