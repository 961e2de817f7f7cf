"""A market of its own for journeys: real web server, worker and beat on a database beside the tests' one."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench.browser import DESK, PHONE, chromium
from core import embedded
from tests import servers

BASE = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass
class Market:
    """Where the market is, and what a test may read of it beside the browser."""

    address: str
    environment: dict[str, str]
    mail: Path
    log: Path

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=BASE, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def sql(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def latest_code(self, to: str) -> str:
        """The newest six-digit code sent to an e-mail address or telephone number."""

        def find() -> str:
            texts = [path.read_text() for path in sorted(self.mail.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)]
            about = [text for text in "\n".join([*texts, self.log.read_text()]).split("-" * 20) if to in text]
            codes = [code for text in about for code in re.findall(r"(?<![\w+])([A-Z0-9]{3}-?[A-Z0-9]{3})(?!\w)", text) if re.search(r"\d", code)]
            return codes[-1] if codes else ""

        return until(find)


def until(find: Callable[[], object], seconds: float = 20) -> str:
    """Polls ``find`` until it answers with something; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, f"nothing came within {seconds} s"
        time.sleep(0.05)
    return str(found)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    home = servers.HOME / "journeys"
    mail = home / "mail"
    mail.mkdir(parents=True)
    owner = servers.SERVERS.owner_url
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE journeys")
    port = embedded.free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "BISAT_ENV": "development",
        "BISAT_VAR": str(home),
        "DATABASE_URL": owner.replace("/bisat", "/journeys"),
        "DATABASE_OWNER_URL": owner.replace("/bisat", "/journeys"),
        "REDIS_URL": servers.SERVERS.redis_url.replace("/0", "/1"),
        "CACHE_PREFIX": "journeys",
        "CELERY_PREFIX": "journeys:",
        "SITE_URL": address,
        "EMAIL_URL": f"filemail:///{str(mail).lstrip('/')}",
        "GUEST_PAGE_SECONDS": "30",
        "PYTHONUNBUFFERED": "1",
        "DEMO_ART": str(BASE / "var" / "demo-art"),
    }
    log = home / "web.log"
    here = Market(address, environment, mail, log)
    here.manage("migrate", "--verbosity", "0")
    here.manage("load_taxonomy")
    here.manage("collectstatic", "--noinput", "--verbosity", "0")
    here.manage("fill_demo", "--quick")
    processes = []
    with log.open("w") as output:
        for command in (
            ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "config.wsgi:application"],
            ["celery", "-A", "config", "worker", "--beat", "--concurrency", "1", "--loglevel", "WARNING", "--schedule", str(home / "beat")],
        ):  # fmt: skip
            processes.append(subprocess.Popen([str(BIN / command[0]), *command[1:]], cwd=BASE, env=environment, stdout=output, stderr=output))
        try:
            until(lambda: _answers(address), 30)
            yield here
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _watch(context: BrowserContext, wrong: list[str]) -> BrowserContext:
    context.set_default_timeout(15_000)
    context.on("console", lambda message: message.type == "error" and "status of 4" not in message.text and wrong.append(message.text))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    return context


@pytest.fixture
def open_page(browser: Browser, market: Market) -> Iterator[Callable[..., Page]]:
    """``open_page(width="phone", language="en", scripts=True)``: a fresh browser's page; console errors fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_(width: str = "phone", language: str = "en", *, scripts: bool = True) -> Page:
        options = (PHONE if width == "phone" else DESK) | {"locale": language, "reduced_motion": "reduce", "java_script_enabled": scripts}
        context = _watch(browser.new_context(base_url=market.address, **options), wrong)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []
