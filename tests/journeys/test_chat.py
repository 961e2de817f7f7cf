"""Two browsers at once: a shopper on a phone, a seller at a desk."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import Market
from tests.journeys.steps import RUN, draw_pictures

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
COPY = """async (color) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const pen = Object.assign(canvas.getContext("2d"), { fillStyle: color });
    pen.fillRect(0, 0, 320, 240);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""


def say(page: Page, text: str) -> None:
    page.get_by_label("Message to").fill(text)
    page.get_by_role("button", name="Send").click()


def line(page: Page, text: str):
    return page.locator("#lines > [data-id]").filter(has_text=text)


@pytest.fixture(autouse=True)
def _no_newcomers(market: Market) -> None:
    """All these journeys together say more in a minute than people may who joined today."""
    market.sql("UPDATE accounts_user SET joined_at = now() - interval '1 month'")


@pytest.fixture
def cut_line() -> None:
    """Asked for by a test in which the shopper's requests fail on purpose."""


def follow(page: Page, link: Locator) -> None:
    """Goes where the link leads; a list that is swapped in this moment would swallow a click."""
    page.goto(link.get_attribute("href") or "", wait_until="domcontentloaded")


@pytest.fixture
def shopper(open_page: OpenPage, request: pytest.FixtureRequest) -> Page:
    """The shopper at the conversation about the teal teapot."""
    page = open_page("phone", "en", who="shopper", may_fail="cut_line" in request.fixturenames)
    page.goto("/chats/", wait_until="domcontentloaded")
    follow(page, page.locator(".inbox a").filter(has_text="Teal teapot").first)
    expect(page.locator("#lines > [data-id]").first).to_be_visible()
    return page


@pytest.fixture
def seller(open_page: OpenPage, shopper: Page) -> Page:
    page = open_page("desk", "en", who="seller")
    page.goto("/dashboard/saffron_clay/chats/", wait_until="domcontentloaded")
    follow(page, page.locator("#chats a").filter(has_text="Teal teapot").first)
    expect(page.locator("#lines > [data-id]").first).to_be_visible()
    assert page.url.split("#")[0] == shopper.url.split("#")[0]
    return page


def test_words_arrive_within_a_second_without_a_reload(shopper: Page, seller: Page):
    for number, (writer, reader) in enumerate([(shopper, seller), (seller, shopper), (shopper, seller)]):
        text = f"Word {number} of {RUN}"
        say(writer, text)
        expect(line(writer, text)).to_have_count(1)
        began = time.monotonic()
        expect(line(reader, text)).to_have_count(1, timeout=1000)
        assert time.monotonic() - began < 1
    expect(line(shopper, f"Word 2 of {RUN}")).to_have_class(re.compile(r"\bread\b"))
    texts = [f"Word {number} of {RUN}" for number in range(3)]
    for page in (shopper, seller):
        shown = page.locator("#lines > [data-id]").filter(has_text=f"of {RUN}").locator(".said").all_inner_texts()
        assert [next(text for text in texts if text in one) for one in shown] == texts


def test_unread_is_counted_everywhere_and_gone_once_read(shopper: Page, seller: Page, market: Market):
    shopper.goto("/saved/", wait_until="domcontentloaded")
    unread = (
        "SELECT sum(shopper_unread) FROM chat_conversation c JOIN accounts_user u ON u.id = shopper_id WHERE email = %s"
    )
    before = int(market.sql(unread, market.logins["shopper"]["login"])[0][0])
    for number in range(2):
        say(seller, f"Unread {number} {RUN}")
        expect(line(seller, f"Unread {number} {RUN}")).to_have_count(1)
    shopper.goto("/chats/", wait_until="domcontentloaded")
    expect(shopper.locator("#unread [data-count]")).to_have_attribute("data-count", str(before + 2))
    expect(shopper).to_have_title(f"({before + 2}) Chats · Bisat")
    say(seller, f"Unread 3 {RUN}")  # the list hears of it
    expect(shopper.locator("#unread [data-count]")).to_have_attribute("data-count", str(before + 3))
    shopper.locator("#chats a").filter(has_text=f"Unread 3 {RUN}").click()
    expect(line(shopper, f"Unread 3 {RUN}")).to_have_count(1)
    expect(line(seller, f"Unread 3 {RUN}")).to_have_class(re.compile(r"\bread\b"))


@pytest.mark.usefixtures("cut_line")
def test_what_was_said_while_offline_is_there_after_it(shopper: Page, seller: Page):
    shopper.context.set_offline(True)
    say(shopper, f"From the tunnel {RUN}")
    failed = shopper.locator("#lines .failed")
    expect(failed).to_contain_text(f"From the tunnel {RUN}")
    say(seller, f"Meanwhile {RUN}")
    expect(line(seller, f"Meanwhile {RUN}")).to_have_count(1)
    shopper.context.set_offline(False)
    failed.get_by_role("button", name="Try again").click()
    expect(line(seller, f"From the tunnel {RUN}")).to_have_count(1)
    for text in (f"Meanwhile {RUN}", f"From the tunnel {RUN}"):
        expect(line(shopper, text)).to_have_count(1)
    expect(failed).to_have_count(0)


BROKEN: dict[str, Callable[[Route], None]] = {
    "refuses": lambda route: route.fulfill(status=503),
    "is unreachable": lambda route: route.abort(),
}


@pytest.mark.usefixtures("cut_line")
@pytest.mark.parametrize("way", BROKEN)
def test_words_arrive_while_the_stream_is_away_and_after_it_is_back(shopper: Page, seller: Page, way: str):
    shopper.context.route("**/stream/**", BROKEN[way])
    with shopper.expect_request("**/stream/**"):
        shopper.reload(wait_until="domcontentloaded")
    say(seller, f"The stream {way} {RUN}")
    expect(line(shopper, f"The stream {way} {RUN}")).to_have_count(1, timeout=15_000)  # asked every five seconds
    with shopper.expect_response(lambda answer: "/stream/" in answer.url and answer.ok):
        shopper.context.unroute("**/stream/**")
    say(seller, f"It no longer {way} {RUN}")
    expect(line(shopper, f"It no longer {way} {RUN}")).to_have_count(1)


@pytest.mark.usefixtures("cut_line")
def test_a_retry_after_a_lost_answer_stores_one_message(shopper: Page, market: Market):
    lost: list[str] = []

    def lose(route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())  # it was stored; the answer never comes
            route.abort()
        else:
            route.continue_()

    shopper.route("**/chats/*/", lose)
    text = f"Once only {RUN}"
    say(shopper, text)
    shopper.locator("#lines .failed").get_by_role("button", name="Try again").click()
    expect(shopper.locator("#lines .failed")).to_have_count(0)
    expect(line(shopper, text)).to_have_count(1)
    assert market.sql("SELECT count(*) FROM chat_message WHERE text = %s", text) == [(1,)]


def test_pictures_and_things_are_shown_in_the_thread(shopper: Page, seller: Page, tmp_path: Path):
    shopper.locator("input[type=file]").set_input_files(draw_pictures(tmp_path)[:2])
    say(shopper, f"Like these {RUN}")
    photo = line(seller, f"Like these {RUN}")
    expect(photo.locator(".pictures > *")).to_have_count(2)
    expect(photo.locator("img")).to_have_count(2, timeout=30_000)  # once the worker has made their copies
    seller.get_by_role("link", name="Show one of your things").click()
    thing = seller.locator("#things button").first
    title = thing.locator(".clip").inner_text()
    thing.click()
    expect(shopper.locator("#lines .card-line").filter(has_text=title).last).to_be_visible()


def test_a_picture_is_pasted_from_the_clipboard_beside_the_chosen_ones(shopper: Page, seller: Page, tmp_path: Path):
    seller.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seller.locator("input[type=file]").set_input_files(draw_pictures(tmp_path)[0])
    seller.evaluate(COPY, "teal")
    field = seller.get_by_label("Message to")
    field.fill(f"Pasted {RUN}")
    field.press("Control+V")
    shown = seller.locator("#chosen img")
    expect(shown).to_have_count(2)
    assert shown.last.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    expect(field).to_have_value(f"Pasted {RUN}")
    seller.get_by_role("button", name="Send").click()
    expect(line(shopper, f"Pasted {RUN}").locator(".pictures > *")).to_have_count(2)
    expect(shown).to_have_count(0)


def test_enter_sends_at_a_desk_and_saved_replies_are_put_in(seller: Page):
    address = seller.url
    seller.goto("/dashboard/saffron_clay/chats/settings/", wait_until="domcontentloaded")
    seller.get_by_label("Title").fill(f"Shipping {RUN}")
    seller.get_by_label("Text").fill(f"We send on Mondays {RUN}")
    seller.get_by_role("button", name="Save reply").click()
    seller.goto(address, wait_until="domcontentloaded")
    seller.get_by_role("button", name="Saved replies").click()
    seller.get_by_role("button", name=f"Shipping {RUN}").click()
    field = seller.get_by_label("Message to")
    expect(field).to_have_value(f"We send on Mondays {RUN}")
    field.press("Shift+Enter")
    field.press_sequentially("and Thursdays")
    field.press("Enter")
    expect(line(seller, "and Thursdays")).to_contain_text(f"We send on Mondays {RUN}")
    expect(field).to_have_value("")


def test_asking_writing_and_blocking_with_scripts_off(open_page: OpenPage):
    page = open_page("phone", "en", who="shopper", scripts=False)
    page.goto("/@tuesday_tailor/message/", wait_until="domcontentloaded")
    say(page, f"Plain {RUN}")
    expect(page).to_have_url(re.compile(r"/chats/\d+/#newest$"))
    expect(line(page, f"Plain {RUN}")).to_have_count(1)
    page.get_by_label("Message to").fill("x" * 20 + f" kept {RUN}")
    page.get_by_role("button", name="Send").click()
    expect(line(page, f"kept {RUN}")).to_have_count(1)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Block Tuesday Tailor").click()
    expect(page.get_by_role("main")).to_contain_text("You have blocked Tuesday Tailor")
    page.locator(".composer").get_by_role("button", name="Unblock").click()
    expect(page.get_by_label("Message to")).to_be_visible()


def test_with_scripts_off_a_thread_says_that_there_is_more(open_page: OpenPage, seller: Page, shopper: Page):
    page = open_page("phone", "en", who="shopper", scripts=False)
    page.goto(shopper.url, wait_until="domcontentloaded")
    page.get_by_label("Message to").fill("half a sentence")
    say(seller, f"While you write {RUN}")
    more = page.frame_locator("iframe.newer").get_by_role("link", name="Newest messages")
    expect(more).to_be_visible(timeout=15_000)  # the frame asks every five seconds
    expect(page.get_by_label("Message to")).to_have_value("half a sentence")
    more.click()
    expect(line(page, f"While you write {RUN}")).to_have_count(1)
