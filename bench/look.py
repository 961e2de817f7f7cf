"""Every page in both widths, themes and languages: screenshot, axe, overflow, console; Lighthouse on four pages.

Starts the demo market with servers of its own under ``var/look`` and prints one line a view. Exits 1 on any violation,
sideways scroll, console error, or a Lighthouse score below 95. Screenshots lie in ``var/look/shots``.
``SHORT=1`` looks at each page in two of its eight views; ``ONLY=word`` at pages whose name holds the word;
``LOOK_AT=http://...`` at a market that runs already with the same ``BISAT_VAR``.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, TimeoutError

from bench.browser import DESK, FLAGS, PHONE, RULES, chromium, executable, overflow

BASE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BISAT_VAR", BASE / "var" / "look")).resolve()
SHOTS = HOME / "shots"
SHORT = os.environ.get("SHORT") == "1"
ONLY = os.environ.get("ONLY", "")
FLOOR = 95  # of each of Lighthouse's four scores
TRIES = 4  # one page may be measured while the machine does something else
# Lighthouse slows any machine down four times, so a slow machine stands for a phone nobody has. Its own index of this
# machine's speed (BenchmarkIndex) says how far to slow down to this phone, between DevTools' low (264) and mid (1000).
PHONE_INDEX, SLOWDOWN = 540, 4.0
# And the market looked at in it; Chinese, which is laid out like English, only in the full form.
LANGUAGES = {"en": "us", "fa": "ir"} | ({} if SHORT else {"zh-hant": "tw"})
WIDTHS = {390: PHONE, 1440: DESK}
SCHEMES = ("light", "dark")


@dataclass(frozen=True)
class View:
    """A page to look at; ``path`` may name a place found on another page as ``{product}``."""

    name: str
    path: str
    persona: str = "guest"
    status: int = 200


GUEST_PAGES = (
    View("tab", "/"),
    View("category", "/c/home/"),
    View("category-filtered", "/c/home/?condition=handmade"),
    View("category-empty", "/c/home/?price_min=9999999"),
    View("newest", "/newest/"),
    View("trending", "/trending/"),
    View("channels", "/channels/"),
    View("search", "/search/?q={word}"),
    View("search-none", "/search/?q=qqxxyyzz"),
    View("product", "{product}"),
    View("channel", "{channel}"),
    View("display", "{channel}display/"),
    View("about", "{channel}about/"),
    View("post", "{post}"),
    View("switch", "{switch}"),
    View("tried-out", "/services/"),
    View("tell-us", "/tell-us/"),
    View("saved-empty", "/saved/"),
    View("compare-empty", "/compare/?none"),
    View("recent-empty", "/me/recent/"),
    View("feed-empty", "/feed/"),
    View("me-guest", "/me/"),
    View("preferences", "/preferences/"),
    View("offline", "/offline/"),
    View("sign-in", "/accounts/login/"),
    View("sign-up", "/accounts/signup/"),
    View("reset", "/accounts/password/reset/"),
    View("not-found", "/nothing-here/", status=404),
)
PERSON_PAGES = (
    View("tab-person", "/", "shopper"),
    View("feed", "/feed/", "shopper"),
    View("feed-for-you", "/feed/?order=for-you", "shopper"),
    View("picks", "/picks/", "shopper"),
    View("hidden", "/me/hidden/", "shopper"),
    View("saved", "/saved/", "shopper"),
    View("me", "/me/", "shopper"),
    View("alerts", "/me/alerts/", "shopper"),
    View("news-empty", "/news/", "shopper"),
    View("news-settings", "/news/settings/", "shopper"),
    View("ask", "{ask}", "shopper"),
    View("buy", "{buy}", "shopper"),
    View("chats", "/chats/", "shopper"),
    View("chats-none", "/chats/?q=qqxxyyzz", "shopper"),
    View("chat", "{chat}", "shopper"),
    View("chat-new", "{message}", "shopper"),
    View("chat-report", "{chat}report/", "shopper"),
    View("profile", "/accounts/profile/", "shopper"),
    View("two-factor", "/accounts/2fa/", "shopper"),
    View("open-a-channel", "/dashboard/open/", "shopper"),
    View("news", "/news/", "seller"),
    View("wallet", "/wallet/", "shopper"),
    View("wallet-top-up", "/wallet/top-up/", "shopper"),
    View("wallet-statement", "/wallet/statement/", "shopper"),
    View("wallet-card", "/wallet/card/", "shopper"),
    View("following", "/following/", "shopper"),
    View("account", "/accounts/", "shopper"),
    View("request", "{request}", "shopper"),
    View("request-pay", "{request}pay/", "shopper"),
    View("request-address", "{request}address/", "shopper"),
    View("request-decline", "{request}decline/", "shopper"),
    View("purchases", "/purchases/", "shopper"),
    View("addresses", "/addresses/", "shopper"),
    View("address-new", "/addresses/new/", "shopper"),
    View("desk", "{desk}", "seller"),
    View("desk-posts", "{desk}posts/", "seller"),
    View("desk-new-post", "{desk}posts/new/?kind=product", "seller"),
    View("desk-edit", "{edit}", "seller"),
    View("desk-history", "{edit}history/", "seller"),
    View("desk-stock", "{desk}stock/", "seller"),
    View("desk-holiday", "{desk}settings/holiday/", "seller"),
    View("desk-slips", "{desk}money/slips/", "seller"),
    View("desk-services", "{desk}services/", "seller"),
    View("desk-ads", "{desk}ads/", "seller"),
    View("desk-ads-new", "{desk}ads/new/", "seller"),
    View("desk-ads-credit", "{desk}ads/credit/", "seller"),
    View("desk-ads-statements", "{desk}ads/statements/", "seller"),
    View("desk-insights", "{desk}insights/", "seller"),
    View("group", "/group/", "seller"),
    View("group-new", "/group/new/", "seller"),
    View("group-ideas", "/group/ideas/", "seller"),
    View("smoke-test", "/services/microloan/", "seller"),
    View("smoke-test-apply", "/services/microloan/apply/", "seller"),
    View("desk-settings", "{desk}settings/", "seller"),
    View("desk-team", "{desk}team/", "seller"),
    View("desk-chats", "{desk}chats/", "seller"),
    View("desk-chats-archived", "{desk}chats/?show=archived", "seller"),
    View("desk-chats-settings", "{desk}chats/settings/", "seller"),
    View("desk-chat", "{chat}", "seller"),
    View("desk-chat-things", "{chat}products/", "seller"),
    View("desk-chat-ask", "{chat}money/", "seller"),
    View("desks", "/dashboard/", "seller"),
    View("desk-request", "{held}", "seller"),
    View("desk-request-ship", "{held}ship/", "seller"),
    View("desk-request-offer", "{held}offer-refund/", "seller"),
    View("desk-request-refund", "{held}refund/", "seller"),
    View("desk-followers", "{desk}followers/", "seller"),
    View("desk-import", "{desk}import/", "seller"),
    View("desk-money", "{desk}money/", "seller"),
    View("desk-money-requests", "{desk}money/requests/", "seller"),
    View("desk-money-ask", "{desk}money/requests/new/", "seller"),
    View("desk-payouts", "{desk}money/payouts/", "seller"),
    View("desk-entries", "{desk}money/entries/", "seller"),
    View("desk-statement", "{desk}money/statement/", "seller"),
)
PAGES = GUEST_PAGES + PERSON_PAGES
# Places found on a page of one's own: the first link whose path is like the pattern.
FOUND = {
    "shopper": {"chat": ("/chats/", r"/chats/\d+/"), "request": ("/purchases/", r"/requests/[\w-]+/")},
    "seller": {
        "chat": ("{desk}chats/", r"/chats/\d+/"),
        "edit": ("{desk}posts/", r"/dashboard/\w+/posts/\d+/"),
        "held": ("{desk}money/requests/?state=held", r"/requests/[\w-]+/"),
    },
}
AUDITED = ("tab", "category", "product", "channel")


@contextmanager
def market() -> Iterator[str]:
    """The whole house as `make run` starts it; yields its address once every picture has its copies."""
    if given := os.environ.get("LOOK_AT"):
        yield given.rstrip("/")
        return
    environment = os.environ | {"BISAT_VAR": str(HOME), "PORT": os.environ.get("PORT", "8600")}
    process = subprocess.Popen(
        [sys.executable, "bin/run"], cwd=BASE, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        if found := re.search(r"Bisat is open at (\S+)", line):
            address = found[1]
            break
    if not address:
        raise SystemExit("The market did not open.")
    reader = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)  # keeps the pipe empty
    try:
        _wait_for_pictures()
        yield address
    finally:
        process.terminate()
        process.wait(60)
        reader.terminate()
        reader.wait()


_WAITING = """
import time
from core.models import Picture
ending = time.monotonic() + 900
while Picture.objects.filter(widths=[]).exists():
    if time.monotonic() > ending:
        raise SystemExit("Pictures were still waiting for their copies after 15 minutes.")
    time.sleep(1)
"""


def _wait_for_pictures() -> None:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", _WAITING],
        cwd=BASE,
        env=os.environ | {"BISAT_VAR": str(HOME), "BISAT_ENV": "development"},
        check=True,
    )


def logins() -> dict[str, dict[str, str]]:
    """The demo people by persona: what ``fill_demo`` wrote for programs."""
    found: dict[str, dict[str, str]] = json.loads((HOME / "demo-logins.json").read_text())
    return found


def sign_in(browser: Browser, address: str, persona: str) -> Any:
    """The browser state of a signed-in person; nothing for a guest."""
    if persona == "guest":
        return None
    person = logins()[persona]
    context = browser.new_context(**DESK, locale="en")
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", person["login"])
    page.fill("input[name=password]", person["password"])
    page.click("main form button[type=submit], main form button:not([type])")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    state = context.storage_state()
    context.close()
    return state


def speak(context: BrowserContext, address: str, language: str) -> None:
    """A person's own language and market, changed as she would: by the preferences page."""
    page = context.new_page()
    page.goto(f"{address}/preferences/")
    page.select_option("#language", language)
    page.select_option("#market", LANGUAGES[language])
    with page.expect_navigation():
        page.click("main form .primary")
    page.close()


def places(browser: Browser, address: str, language: str) -> dict[str, str]:
    """Addresses that depend on the demo market's rows, read off its pages."""
    context = browser.new_context(**PHONE, locale=language)
    page = context.new_page()

    def link(path: str, selector: str) -> str:
        page.goto(address + path)
        return page.locator(selector).first.get_attribute("href") or ""

    product = link("/", ".product h3 a")
    channel = link("/channels/", ".channel-card a[href^='/@']")
    post = link(channel, ".post .at a")
    number = (re.findall(r"/p/(\d+)", product) or ["0"])[0]
    context.close()
    return {
        "product": product,
        "channel": channel,
        "post": post,
        "ask": f"/p/{number}/ask/",
        "buy": f"/p/{number}/buy/",
        "message": f"{channel}message/",
        "switch": f"/p/{number}/save/?on=1",
        "desk": logins()["seller"][f"desk_{language}"],
        "word": {"en": "teapot", "fa": "قوری", "zh-hant": "茶壺"}[language],
    }


_SHOW_PICTURES = """async () => {
    const images = [...document.images];
    for (const image of images) image.loading = "eager";
    const waiting = images.map((image) => image.decode().catch(() => {}));
    await Promise.race([Promise.all([document.fonts.ready, ...waiting]), new Promise((done) => setTimeout(done, 5000))]);
}"""


def look_at(page: Page, scheme: Any, name: str) -> list[str]:
    """What is wrong with the open page in this theme; keeps its screenshot."""
    found: list[str] = []
    page.emulate_media(color_scheme=scheme)
    if sideways := overflow(page):
        found.append(f"scrolls sideways by {sideways} px")
    result = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    for violation in result.response["violations"]:
        node = violation["nodes"][0]
        found.append(
            f"axe {violation['id']} ×{len(violation['nodes'])}: {node['target']} {node.get('failureSummary', '')[:160]!r}"
        )
    page.screenshot(path=SHOTS / f"{name}.jpg", type="jpeg", quality=80, full_page=True)
    return found


def load(page: Page, url: str) -> Response | None:
    """Goes there; what does not arrive in half a minute is named and asked for once more."""
    waiting: set[str] = set()
    page.on("request", lambda request: waiting.add(request.url))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: waiting.discard(request.url))
    try:
        return page.goto(url)
    except TimeoutError:
        print(f"      {url} did not load, waiting for {sorted(waiting)}; once more", flush=True)
        return page.goto(url)


def open_page(context: BrowserContext, url: str, status: int) -> tuple[Page, list[str]]:
    """The loaded page and the list into which whatever goes wrong on it is written."""
    page = context.new_page()
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        own_status = str(status) in message.text and message.location.get("url") == url and status != 200
        if message.type in {"error", "warning"} and not own_status:
            found.append(f"console: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url} {request.failure}"))
    answer = load(page, url)
    if answer is None or answer.status != status:
        found.append(f"answered {answer.status if answer else 'nothing'} instead of {status}")
    page.evaluate(_SHOW_PICTURES)
    return page, found


def views(number: int, language: str, width: int) -> list[str]:
    """The themes in which page ``number`` is looked at in this language and width."""
    every = list(itertools.product(WIDTHS, SCHEMES))
    chosen = every[(number + (2 if language == "fa" else 0)) % 4]
    return [scheme for w, scheme in every if w == width and (not SHORT or (w, scheme) == chosen)]


def look(browser: Browser, address: str) -> int:
    """Looks at all pages; returns how many views have something wrong."""
    wrong = 0
    states = {persona: sign_in(browser, address, persona) for persona in ("guest", "shopper", "seller")}
    for language in LANGUAGES:
        known = places(browser, address, language)
        for (persona, state), (width, size) in itertools.product(states.items(), WIDTHS.items()):
            context = browser.new_context(**size, locale=language, storage_state=state, reduced_motion="reduce")
            if persona != "guest":
                speak(context, address, language)
            for place, (path, pattern) in FOUND.get(persona, {}).items():
                known[place] = find(context, address + path.format(**known), pattern)
            for number, view in enumerate(PAGES):
                schemes = views(number, language, width)
                if view.persona != persona or not schemes or ONLY not in view.name:
                    continue
                page, found = open_page(context, address + view.path.format(**known), view.status)
                for scheme in schemes:
                    name = f"{view.name}-{width}-{scheme}-{language}"
                    found += look_at(page, scheme, name)
                    print(f"{'ok   ' if not found else 'WRONG'} {name}", *found, sep="\n        ", flush=True)
                    wrong += bool(found)
                    found.clear()
                page.close()
            context.close()
    return wrong


def find(context: BrowserContext, url: str, pattern: str) -> str:
    """The path of the first link of a page that is like the pattern."""
    page = context.new_page()
    page.goto(url)
    paths = page.evaluate("[...document.querySelectorAll('main a')].map((link) => link.pathname)")
    page.close()
    return next(path for path in paths if re.fullmatch(pattern, path))


def audit(browser: Browser, address: str) -> int:
    """Lighthouse as a phone; returns how many pages stay below the floor."""
    known = places(browser, address, "en")
    below, slowdown = 0, SLOWDOWN
    for view in (view for view in GUEST_PAGES if view.name in AUDITED):
        url = address + view.path.format(**known)
        best: dict[str, int] = {}
        for _ in range(TRIES):
            wait_for_calm()
            scores, slowdown = _lighthouse(url, view.name, slowdown)
            best |= {name: max(score, best.get(name, 0)) for name, score in scores.items()}
            if good := bool(best) and min(best.values()) >= FLOOR:
                break
        below += not good
        print(f"{'ok   ' if good else 'WRONG'} lighthouse {view.name}", best, flush=True)
    return below


def wait_for_calm(seconds: float = 30) -> None:
    """Until the machine has little else to do, at most this long: what is measured then is the page."""
    deadline = time.monotonic() + seconds
    while psutil.cpu_percent(interval=1) > 15 and time.monotonic() < deadline:
        pass


def _lighthouse(url: str, name: str, slowdown: float) -> tuple[dict[str, int], float]:
    """The four scores, and how far this machine should be slowed down to be the phone.

    No scores if Lighthouse itself failed, as it now and then does on a loaded machine.
    """
    output = HOME / f"lighthouse-{name}.json"
    done = subprocess.run(
        ["bench/node_modules/.bin/lighthouse", url, "--quiet", "--output=json", f"--output-path={output}",
         "--only-categories=performance,accessibility,best-practices,seo", "--disable-full-page-screenshot",
         f"--throttling.cpuSlowdownMultiplier={slowdown:.2f}",
         f"--chrome-flags=--headless=new {' '.join(FLAGS)}"],
        check=False, cwd=BASE, env=os.environ | {"CHROME_PATH": executable(full=True)}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(f"Lighthouse failed on {name}: {done.stderr.strip()[-300:]}", flush=True)
        return {}, slowdown
    report = json.loads(output.read_text())
    index = report["environment"]["benchmarkIndex"]
    scores = {name: round((category["score"] or 0) * 100) for name, category in report["categories"].items()}
    if min(scores.values()) < FLOOR:
        low = [audit for audit in report["audits"].values() if audit["score"] is not None and audit["score"] < 0.9]
        print(
            f"      {name} {scores}, slowed down {slowdown:.2f} times at index {index:.0f}:",
            *(f"{audit['id']} {audit.get('displayValue', '')};" for audit in low),
            flush=True,
        )
    return scores, min(SLOWDOWN, max(1.0, index / PHONE_INDEX))


def main() -> int:
    started = time.monotonic()
    SHOTS.mkdir(parents=True, exist_ok=True)
    with market() as address:
        print(f"looking at {address} after {time.monotonic() - started:.0f} s", flush=True)
        with chromium() as browser:
            wrong = look(browser, address)
            below = 0 if ONLY else audit(browser, address)
    print(f"{wrong} views with something wrong, {below} pages below {FLOOR}, {time.monotonic() - started:.0f} s")
    return 1 if wrong or below else 0


if __name__ == "__main__":
    sys.exit(main())
