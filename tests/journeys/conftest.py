"""A market of its own for journeys: real web server, worker and beat on a database beside the tests' one."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.policy import default as default_policy
from functools import cached_property
from pathlib import Path
from typing import TextIO

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, StorageState, expect

from bench.browser import DESK, PHONE, chromium
from core import embedded
from tests import schema, servers

PATIENCE = 15_000  # milliseconds; a journey says what comes, not how soon: machines differ
expect.set_options(timeout=PATIENCE)
BASE = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


CONSOLE = """
import contextlib, io, json, sys
import django
django.setup()
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})
    print(json.dumps(said.getvalue()), flush=True)
"""
EXPECTED = re.compile(r"status of 4")  # refusals are looked at by the tests themselves
CUT = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED)|status of 503")  # for pages whose line a test cuts


@dataclass
class Market:
    """Where the market is, and what a test may read of it beside the browser."""

    address: str
    environment: dict[str, str]
    mail: Path
    log: Path
    console: "subprocess.Popen[str]"
    states: dict[str, StorageState] = field(default_factory=dict)  # cookies of those who signed in already

    @cached_property
    def logins(self) -> dict[str, dict[str, str]]:
        """The demo's four people: login, password; the staff person's secret."""
        return json.loads((Path(self.environment["BISAT_VAR"]) / "demo-logins.json").read_text())

    def run(self, code: str) -> str:
        """What Python code prints that runs among the market's own: in one process, since each start takes seconds."""
        print(json.dumps(code), file=self.console.stdin, flush=True)
        said = self.console.stdout.readline()
        assert said, self.log.read_text()[-2000:]
        return json.loads(said)

    def call(self, command: str, **options: object) -> str:
        return self.run(f"from django.core.management import call_command\ncall_command({command!r}, **{options!r})")

    def sql(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def latest_code(self, to: str) -> str:
        """The newest six-digit code sent to an e-mail address or a telephone number (E.164)."""

        def find() -> str:
            codes = [code for text in self._sent(to) for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
            return codes[-1] if codes else ""

        return until(find)

    def latest_link(self, to: str) -> str:
        """The path of the first link in the newest letter to an e-mail address."""

        def find() -> str:
            links = [link for text in self._sent(to)[-1:] for link in re.findall(r"https?://[^/\s]+(/\S*)", text)]
            return links[0] if links else ""

        return until(find)

    def _sent(self, to: str) -> list[str]:
        if "@" not in to:
            return re.findall(rf"--- SMS to {re.escape(to)}\n(.*?)\n---", self.log.read_text(), re.DOTALL)
        files = sorted(self.mail.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        letters = [letter for path in files for letter in path.read_text().split(f"\n{'-' * 79}\n")]
        parsed = [message_from_string(letter, policy=default_policy) for letter in letters]
        return [letter.get_body(("plain",)).get_content() for letter in parsed if letter["To"] == to]


def until(find: Callable[[], object], seconds: float = 20) -> str:
    """Polls ``find`` until it answers with something; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, f"nothing came within {seconds} s"
        time.sleep(0.05)
    return str(found)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own server
            return True
    except (urllib.error.URLError, OSError):
        return False


def _environment(home: Path, address: str, stream: str) -> dict[str, str]:
    database = f"{servers.SERVERS.owner_url.rpartition('/')[0]}/journeys"
    return os.environ | {
        "BISAT_ENV": "development",
        "BISAT_VAR": str(home),
        "DATABASE_URL": database,
        "DATABASE_OWNER_URL": database,
        "REDIS_URL": servers.SERVERS.redis_url.replace("/0", "/1"),
        "CACHE_PREFIX": "journeys",
        "LISTINGS_CHECKED_FIRST": "1",
        "CELERY_PREFIX": "journeys:",
        "SITE_URL": address,
        "STREAM_URL": stream,
        "EMAIL_URL": f"filemail:///{home / 'mail'}",
        "GUEST_PAGE_SECONDS": "2",  # shared pages are proven, and what changed is soon seen
        "PYTHONUNBUFFERED": "1",
        "DEMO_ART": str(BASE / "var" / "demo-art"),
    }


def _commands(home: Path, port: int, stream_port: int) -> list[list[str]]:
    return [
        ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--blocking-threads", "4", "--static-path-route", "/media", "--static-path-mount", str(home / "media"),
         "config.wsgi:application"],
        ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(stream_port),
         "--workers-kill-timeout", "2", "config.asgi:application"],
        ["celery", "--quiet", "-A", "config", "worker", "--beat", "--concurrency", "1", "--loglevel", "WARNING",
         "--schedule", str(home / "beat")],
    ]  # fmt: skip


@contextmanager
def _console(environment: dict[str, str], log: TextIO) -> Iterator["subprocess.Popen[str]"]:
    command, pipe = [sys.executable, "-c", CONSOLE], subprocess.PIPE
    with subprocess.Popen(
        command, cwd=BASE, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=log
    ) as process:
        yield process  # ends with its input


@contextmanager
def run_market() -> Iterator[Market]:
    """A filled demo market with web server, worker and beat, gone afterwards."""
    home = servers.HOME / "journeys"
    for folder in ("mail", "media"):
        (home / folder).mkdir(parents=True)
    schema.make_database("journeys")
    port, stream_port = embedded.free_port(), embedded.free_port()
    address, stream = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{stream_port}/stream/"
    environment = _environment(home, address, stream)
    with (home / "web.log").open("w") as log, _console(environment, log) as console:
        here = Market(address, environment, home / "mail", home / "web.log", console)
        here.call("load_taxonomy")
        here.call("fill_demo", quick=True)
        here.call("make_neighbors")
        here.call("collectstatic", interactive=False, verbosity=0)
        with _serving(here, log, port, stream_port):
            yield here


@contextmanager
def _serving(here: Market, log: TextIO, port: int, stream_port: int) -> Iterator[None]:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for program, *arguments in _commands(here.log.parent, port, stream_port):
            processes.append(
                subprocess.Popen(
                    [str(BIN / program), *arguments], cwd=BASE, env=here.environment, stdout=log, stderr=log
                )
            )
        until(lambda: _answers(here.address), 60)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


@pytest.fixture(scope="session")
def market() -> Iterator[Market]:
    with run_market() as here:
        yield here


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _watch(context: BrowserContext, wrong: list[str], *, may_fail: bool) -> BrowserContext:
    context.set_default_timeout(PATIENCE)

    def note(message: ConsoleMessage) -> None:
        expected = EXPECTED.search(message.text) or (may_fail and CUT.search(message.text))
        if message.type == "error" and not expected:
            wrong.append(message.text)

    def say(response: Response) -> None:  # pytest shows it of a test that fails
        if response.request.resource_type in ("document", "fetch", "ping") or response.status >= 400:
            asked = response.request
            sys.stdout.write(f"{asked.timing['startTime']:.0f} {response.status} {asked.method} {response.url}\n")

    context.on("console", note)
    context.on("response", say)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    return context


def _signed_in(browser: Browser, market: Market, who: str) -> StorageState:
    """Cookies of one of the demo's people; she signs in once a run."""
    from tests.journeys import steps

    if who not in market.states:
        with browser.new_context(base_url=market.address) as context:
            page = context.new_page()
            page.goto("/accounts/login/", wait_until="domcontentloaded")
            steps.sign_in(page, market.logins[who]["login"], market.logins[who]["password"])
            if "secret" in market.logins[who]:
                page.get_by_label("Code from your app").fill(steps.current_code(market, who))
                page.get_by_role("main").get_by_role("button", name="Sign in").click()
            page.wait_for_url("/", wait_until="domcontentloaded")
            market.states[who] = context.storage_state()
    return market.states[who]


@pytest.fixture(params=["en", "fa"])
def language(request: pytest.FixtureRequest, market: Market) -> Iterator[str]:
    """What the shopper, the seller and staff read."""
    people = [market.logins[who]["login"] for who in ("shopper", "seller", "staff")]
    speak = "UPDATE accounts_user SET language = %s, market = %s WHERE email = ANY(%s)"
    market.sql(speak, request.param, {"en": "us", "fa": "ir"}[request.param], people)
    yield request.param
    market.sql(speak, "en", "us", people)


@pytest.fixture
def open_page(browser: Browser, market: Market) -> Iterator[Callable[..., Page]]:
    """``open_page("phone", "en", scripts=True, who="", may_fail=False)``: a page of a browser of its own, in which
    one of the demo's people is signed in; errors on its console fail the test, but ``may_fail`` lets requests fail."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_(
        width: str = "phone", language: str = "en", *, scripts: bool = True, who: str = "", may_fail: bool = False
    ) -> Page:
        options = (PHONE if width == "phone" else DESK) | {
            "locale": language,
            "reduced_motion": "reduce",
            "java_script_enabled": scripts,
            "storage_state": _signed_in(browser, market, who) if who else None,
        }
        context = _watch(browser.new_context(base_url=market.address, **options), wrong, may_fail=may_fail)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []
