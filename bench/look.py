"""Every page in both widths, themes and languages: screenshot, axe, overflow, console; Lighthouse on four pages.

Starts the demo market with servers of its own under ``var/look`` and prints one line a view. Exits 1 on any violation,
sideways scroll, console error, or a Lighthouse performance below 95. Screenshots lie in ``var/look/shots``.
``SHORT=1`` looks at each page in two of its eight views; ``ONLY=word`` at pages whose name holds the word.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from bench.browser import DESK, FLAGS, PHONE, RULES, chromium, executable, overflow

BASE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BISAT_VAR", BASE / "var" / "look")).resolve()
SHOTS = HOME / "shots"
SHORT = os.environ.get("SHORT") == "1"
ONLY = os.environ.get("ONLY", "")
LIGHTHOUSE_FLOOR = 95


@dataclass(frozen=True)
class View:
    """A page to look at; ``path`` may name a place found on another page as ``{product}``."""

    name: str
    path: str
    persona: str = "guest"


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
    View("saved-empty", "/saved/"),
    View("feed-empty", "/feed/"),
    View("me-guest", "/me/"),
    View("preferences", "/preferences/"),
    View("sign-in", "/accounts/login/"),
    View("sign-up", "/accounts/signup/"),
    View("reset", "/accounts/password/reset/"),
    View("not-found", "/nothing-here/"),
)
PERSON_PAGES = (
    View("tab-person", "/", "shopper"),
    View("feed", "/feed/", "shopper"),
    View("saved", "/saved/", "shopper"),
    View("me", "/me/", "shopper"),
    View("ask", "{product_ask}", "shopper"),
    View("profile", "/accounts/profile/", "shopper"),
    View("two-factor", "/accounts/2fa/", "shopper"),
    View("open-a-channel", "/dashboard/open/", "shopper"),
    View("desk", "{desk}", "seller"),
    View("desk-posts", "{desk}posts/", "seller"),
    View("desk-new-post", "{desk}posts/new/?kind=product", "seller"),
    View("desk-settings", "{desk}settings/", "seller"),
    View("desk-team", "{desk}team/", "seller"),
    View("desk-followers", "{desk}followers/", "seller"),
)
AUDITED = ("tab", "category", "product", "channel")


@contextmanager
def market() -> Iterator[str]:
    """The whole house as `make run` starts it; yields its address once every picture has its copies."""
    environment = os.environ | {"BISAT_VAR": str(HOME), "PORT": os.environ.get("PORT", "8600")}
    process = subprocess.Popen(
        [sys.executable, "bin/run"], cwd=BASE, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = ""
    for line in process.stdout:
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


def _manage(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE,
        env=os.environ | {"BISAT_VAR": str(HOME), "BISAT_ENV": "development"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _wait_for_pictures() -> None:
    deadline = time.monotonic() + 900
    count = "from core.models import Picture; print(Picture.objects.filter(widths=[]).count())"
    while _manage("shell", "--no-imports", "-c", count) != "0":
        if time.monotonic() > deadline:
            raise SystemExit("Pictures were still waiting for their copies after 15 minutes.")
        time.sleep(2)


def logins() -> dict[str, dict[str, str]]:
    """The demo people by persona: what ``fill_demo`` wrote for programs."""
    found: dict[str, dict[str, str]] = json.loads((HOME / "demo-logins.json").read_text())
    return found


def sign_in(browser: Browser, address: str, persona: str) -> Any:
    """The browser state of a signed-in person."""
    person = logins()[persona]
    context = browser.new_context(**DESK, locale="en")
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", person["login"])
    page.fill("input[name=password]", person["password"])
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    state = context.storage_state()
    context.close()
    return state


def places(page: Page, address: str) -> dict[str, str]:
    """Addresses that depend on the demo market's rows, read off its pages."""
    page.goto(address)
    product = page.get_attribute(".product h3 a", "href") or ""
    page.goto(f"{address}/channels/")
    channel = page.get_attribute(".channel-card a[href^='/@']", "href") or ""
    number = re.search(r"/p/(\d+)", product)
    return {"product": product, "channel": channel, "product_ask": f"/p/{number[1] if number else 0}/ask/"}


def look_at(context: BrowserContext, url: str, name: str) -> list[str]:
    """What is wrong with the page in this view; keeps its screenshot."""
    page = context.new_page()
    found: list[str] = []
    page.on("console", lambda message: found.extend([f"console: {message.text}"] if _is_wrong(message) else []))
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    if sideways := overflow(page):
        found.append(f"scrolls sideways by {sideways} px")
    result = Axe().run(page, options={"runOnly": RULES})
    for violation in result.response["violations"]:
        node = violation["nodes"][0]
        found.append(
            f"axe {violation['id']} ×{len(violation['nodes'])}: {node['target']} {node.get('failureSummary', '')[:160]!r}"
        )
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((image) => { image.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    page.close()
    return found


def _is_wrong(message: ConsoleMessage) -> bool:
    """Errors on the console, but for the missing page that we look at on purpose."""
    return message.type == "error" and "404" not in message.text


def look(browser: Browser, address: str) -> int:
    """Looks at all pages; returns how many views have something wrong."""
    wrong = 0
    views = [
        (*view, language) for language in ("en", "fa") for view in itertools.product((390, 1440), ("light", "dark"))
    ]
    states = {persona: sign_in(browser, address, persona) for persona in ("shopper", "seller")}
    known = {}
    for language in ("en", "fa"):
        context = browser.new_context(**PHONE, locale=language)
        desk = logins()["seller"][f"desk_{language}"]
        known[language] = places(context.new_page(), address) | {
            "desk": desk,
            "word": {"en": "teapot", "fa": "قوری"}[language],
        }
        context.close()
    for number, view in enumerate(GUEST_PAGES + PERSON_PAGES):
        if ONLY and ONLY not in view.name:
            continue
        for index, (width, scheme, language) in enumerate(views):
            if SHORT and index not in {number % 4, 4 + (number + 2) % 4}:
                continue
            size = PHONE if width == 390 else DESK
            context = browser.new_context(
                **size,
                locale=language,
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                storage_state=states.get(view.persona),
            )
            if view.persona != "guest":
                _speak(context, address, language)
            name = f"{view.name}-{width}-{scheme}-{language}"
            found = look_at(context, address + view.path.format(**known[language]), name)
            print(f"{'ok   ' if not found else 'WRONG'} {name}", *found, sep="\n        ", flush=True)
            wrong += bool(found)
            context.close()
    return wrong


def _speak(context: BrowserContext, address: str, language: str) -> None:
    """A person's own language and market, changed as she would: by the preferences page."""
    page = context.new_page()
    page.goto(f"{address}/preferences/")
    page.evaluate(
        """async ([language, market]) => {
            const form = document.querySelector("main form[method=post]");
            const data = new FormData(form);
            data.set("language", language); data.set("market", market);
            await fetch(form.action, {method: "POST", body: new URLSearchParams(data)});
        }""",
        [language, {"en": "us", "fa": "ir"}[language]],
    )
    page.close()


def audit(browser: Browser, address: str) -> int:
    """Lighthouse as a phone; returns how many pages stay below the floor."""
    context = browser.new_context(**PHONE, locale="en")
    known = places(context.new_page(), address)
    context.close()
    below = 0
    for view in (view for view in GUEST_PAGES if view.name in AUDITED):
        url = address + view.path.format(**known, word="")
        scores = max((_lighthouse(url) for _ in range(1 if SHORT else 3)), key=lambda score: score["performance"])
        good = scores["performance"] >= LIGHTHOUSE_FLOOR
        below += not good
        print(f"{'ok   ' if good else 'WRONG'} lighthouse {view.name}", scores, flush=True)
    return below


def _lighthouse(url: str) -> dict[str, int]:
    output = HOME / "lighthouse.json"
    subprocess.run(
        ["bench/node_modules/.bin/lighthouse", url, "--quiet", "--output=json", f"--output-path={output}",
         "--only-categories=performance,accessibility,best-practices,seo", f"--chrome-flags=--headless=new {' '.join(FLAGS)}"],
        cwd=BASE, env=os.environ | {"CHROME_PATH": executable()}, check=True, capture_output=True,
    )  # fmt: skip
    report = json.loads(output.read_text())
    return {name: round(category["score"] * 100) for name, category in report["categories"].items()}


def main() -> int:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with market() as address:
        with urllib.request.urlopen(f"{address}/healthz"):  # noqa: S310 - our own server
            print(f"looking at {address}", flush=True)
        with chromium() as browser:
            wrong = look(browser, address)
            below = 0 if ONLY else audit(browser, address)
    print(f"{wrong} views with something wrong, {below} pages below {LIGHTHOUSE_FLOOR}")
    return 1 if wrong or below else 0


if __name__ == "__main__":
    sys.exit(main())
