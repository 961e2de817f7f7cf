"""Chromium as journeys and `make look` drive it: headless, quiet, without the network of its maker."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserType, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
SHELL = "chromium-headless-shell"  # the same engine without a browser's windows: half the work
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def executable(*, full: bool = False) -> str:
    """Where Chromium is: the one ``CHROMIUM`` names, else the headless shell where it is installed, unless the
    ``full`` browser is asked for. Raises FileNotFoundError with the way to get it."""
    names = (os.environ.get("CHROMIUM", ""), "" if full else SHELL, "chromium", "chromium-browser", "google-chrome")
    for name in names:
        if name and (found := shutil.which(name)):
            return found
    raise FileNotFoundError("Chromium is missing. On Debian: apt-get install --no-install-recommends chromium")


def launch(engine: BrowserType, *, full: bool = False) -> Browser:
    return engine.launch(executable_path=executable(full=full), args=FLAGS)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def overflow(page: Any) -> int:
    """CSS pixels by which the page can be scrolled sideways; 0 is right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
