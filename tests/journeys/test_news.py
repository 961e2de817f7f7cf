"""News arrives, is read, chosen and ended; the site without a connection, and while no page is open."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bench.browser import PHONE, launch
from tests.journeys.conftest import Market, _signed_in, until
from tests.journeys.steps import RUN, sign_up

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
TELL = """
from accounts.models import User
from news import services as news
news.notify(
    person=User.objects.get(email={address!r}), kind="channel_approved", params={{"channel": "Blue Door"}},
    url="/saved/", key="journey",
)
"""
NOTES = """async () => {
    const notes = await (await navigator.serviceWorker.ready).getNotifications();
    return notes.map((note) => [note.title, note.body, note.data.url]);
}"""

PUSH_SERVICE = """endpoint => {
    // What a browser without a push service of its own would be given by one.
    const bytes = (size) => new Uint8Array(size).fill(4).buffer;
    let made = null;
    PushManager.prototype.getSubscription = async () => made;
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => (made = {
        endpoint: `${endpoint}/${applicationServerKey.length}`,
        getKey: (name) => bytes(name === "auth" ? 16 : 65),
        unsubscribe: async () => { made = null; return true; },
    });
}"""


def test_news_is_read_chosen_and_ended(open_page: OpenPage, market: Market):
    page, address = open_page("phone", "en"), f"news-{RUN}@example.com"
    page.goto("/accounts/signup/", wait_until="domcontentloaded")
    sign_up(page, market, address, address, "Nora")
    market.run(TELL.format(address=address))

    page.goto("/", wait_until="domcontentloaded")
    page.get_by_role("link", name="News, 1 unread").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("News")
    page.get_by_role("main").get_by_role("link", name="Blue Door is open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    expect(page.locator("#bell")).to_have_attribute("aria-label", "News")

    page.goto("/me/", wait_until="domcontentloaded")
    page.get_by_role("link", name="How you are told").click()
    page.get_by_label("Your channels: Push").uncheck()
    page.get_by_label("E-mails come").select_option(label="Once a day")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    expect(page.get_by_label("Your channels: Push")).not_to_be_checked()
    expect(page.get_by_label("Your channels: E-mail")).to_be_checked()

    link = re.search(r"http\S+/news/unsubscribe/\S+", until(lambda: "\n".join(market._sent(address)[1:])))
    guest = open_page("phone", "en")
    guest.goto(link[0], wait_until="domcontentloaded")
    guest.get_by_role("button", name="Unsubscribe").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_label("Your channels: E-mail")).not_to_be_checked()


def phone(browser: Browser, market: Market, who: str = "") -> BrowserContext:
    """One of the demo's people is signed in, if she is named."""
    state = _signed_in(browser, market, who) if who else None
    return browser.new_context(
        base_url=market.address, locale="en", service_workers="allow", storage_state=state, **PHONE
    )


@pytest.fixture
def context(browser: Browser, market: Market):
    """A phone whose console may speak of lost connections."""
    with phone(browser, market) as made:
        yield made


def test_without_a_connection_it_says_so_and_goes_on(context: BrowserContext):
    page = context.new_page()
    page.goto("/", wait_until="domcontentloaded")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller")
    context.set_offline(True)
    page.goto("/channels/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    expect(page.locator("body")).to_have_css("display", "grid")  # its styles were kept too
    context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Channels")


@pytest.fixture
def full(browser: Browser):
    """The full browser: its headless shell shows no notifications, and says that they are denied."""
    with launch(browser.browser_type, full=True) as made:
        yield made


@pytest.fixture
def notified(full: Browser, market: Market):
    """The same phone in the full browser."""
    with phone(full, market) as made:
        yield made


def test_a_push_is_shown(notified: BrowserContext, market: Market):
    notified.grant_permissions(["notifications"])
    page = notified.new_page()
    page.goto("/", wait_until="domcontentloaded")
    page.evaluate("navigator.serviceWorker.ready")
    workers: list[str] = []
    devtools = notified.new_cdp_session(page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: workers.extend(each["registrationId"] for each in news["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.controller")
    message = {"title": "Ali paid", "body": "$41.50", "url": "/news/7/", "tag": "news-7"}
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": market.address, "registrationId": workers[0], "data": json.dumps(message)},
    )
    shown: list[list[str]] = []
    until(lambda: shown.extend(page.evaluate(NOTES)) or shown)
    assert shown == [["Ali paid", "$41.50", "/news/7/"]]


# --- the switch of the settings page
def open_settings(device: BrowserContext, endpoint: str = "") -> Locator:
    """The switch; the browser's push service gives ``endpoint``, if it has one."""
    page = device.new_page()
    if endpoint:
        page.add_init_script(f"({PUSH_SERVICE})({json.dumps(endpoint)})")
    page.goto("/news/settings/", wait_until="domcontentloaded")
    switch = page.get_by_label("Push on this device")
    expect(switch).to_be_visible()
    expect(switch).not_to_be_checked()
    return switch


@pytest.fixture
def allowing(full: Browser, market: Market):
    """The shopper's phone; she lets us show notifications."""
    with phone(full, market, "shopper") as made:
        made.grant_permissions(["notifications"])
        yield made


def subscriptions(market: Market, endpoint: str) -> list[tuple]:
    found = "SELECT email, endpoint, length(p256dh), length(auth) FROM news_pushsubscription p"
    joined = f"{found} JOIN accounts_user u ON u.id = p.person_id WHERE endpoint LIKE %s"
    return market.sql(joined, f"{endpoint}%")


def test_the_switch_subscribes_this_device_and_ends_it(allowing: BrowserContext, market: Market):
    endpoint = f"https://fcm.googleapis.com/fcm/send/{RUN}"
    switch = open_settings(allowing, endpoint)
    expect(switch.page.get_by_text("Your browser blocks it.")).to_be_hidden()
    with switch.page.expect_response("**/news/push/") as answer:
        switch.click()
    assert answer.value.status == 204
    expect(switch).to_be_enabled()
    expect(switch).to_be_checked()
    subscribed = (market.logins["shopper"]["login"], f"{endpoint}/65", 88, 24)  # our public key has 65 bytes
    assert subscriptions(market, endpoint) == [subscribed]
    with switch.page.expect_response("**/news/push/end/"):
        switch.click()
    expect(switch).to_be_enabled()
    expect(switch).not_to_be_checked()
    assert subscriptions(market, endpoint) == []


def test_the_switch_says_that_the_browser_blocks_it(browser: Browser, market: Market):
    with phone(browser, market, "shopper") as denying:
        switch = open_settings(denying)
        expect(switch.page.get_by_text("Your browser blocks it.")).to_be_visible()
        switch.click()
        expect(switch).to_be_enabled()
        expect(switch).not_to_be_checked()
        expect(switch.page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("endpoint", ["", "https://push.example/device"], ids=["no service", "an unknown service"])
def test_where_push_cannot_be_the_switch_says_so_and_goes_back(allowing: BrowserContext, market: Market, endpoint: str):
    switch = open_settings(allowing, endpoint)
    switch.click()
    expect(switch.page.locator(".toast")).to_contain_text("That did not work.")
    expect(switch).to_be_enabled()
    expect(switch).not_to_be_checked()
    assert subscriptions(market, endpoint or "https://") == []
