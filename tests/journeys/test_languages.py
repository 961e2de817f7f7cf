"""Every page somebody meets speaks her language: words, direction, nothing wider than the phone."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Page

from bench.browser import overflow
from tests.journeys.conftest import Market

pytestmark = pytest.mark.journey
OpenPage = Callable[..., Page]
MOST = 150
SAMPLE = 25
FEW = 50  # pages of a language whose catalogue and direction are those of others
DIRECTIONS = {"fa": "rtl", "zh-hant": "ltr"}
# News leads on to talks with people of any language.
LEFT_OUT = re.compile(r"^/(admin|static|media|kit)/|/logout/|/export|/healthz|^/news/\d")
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
SKIPPED = {"script", "style", "svg", "code", "bdi"}
VOID = {"img", "input", "br", "hr", "meta", "link", "source", "wbr"}
# Words of no language: sizes as they are printed on labels, formats, units, codes of currencies.
ALLOWED = {
    *("XS", "XL", "XXL", "JPEG", "PDF", "PNG", "WebP", "MB", "QR", "SMS", "USD", "EUR", "IRR", "TWD", "IR", "IBAN", "CSV"),
    *("XLSX", "ZIP", "SVG", "Telegram", "Chrome", "Linux", "Firefox", "Android", "JSON"),  # formats, programs
}  # fmt: skip
OWN = {"zh-hant": {"Bisat", "App", "Cookie", "Wi", "Fi", "NT", "US", "GB", "mm"}}  # words that a language borrows
# Addresses, links, handles, hashtags, and what is set apart in a sentence because it is somebody's own words.
NEITHER = re.compile(r"\S+@\S+\.\w+|https?://\S+|@\w+|#\w+|\u2068[^\u2069]*\u2069")
LATIN = re.compile(r"[A-Za-z]{2,}")


class Reader(HTMLParser):
    """A page's own words, its links, and which page it is. People's words stand in ``dir`` or another ``lang``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.theirs: list[bool] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.language = self.direction = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language, self.direction = given.get("lang", ""), given.get("dir", "")
        theirs = tag in SKIPPED or given.get("translate") == "no" or given.get("lang", self.language) != self.language
        theirs = theirs or any(self.theirs) or (tag != "html" and given.get("dir") in ("auto", "ltr"))
        if not theirs:
            self.words += [given[name] for name in ATTRIBUTES if name in given]
        if tag == "a" and given.get("role") != "button" and "href" in given:
            self.links.append(given["href"])
        if tag not in VOID:
            self.theirs.append(theirs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.theirs:
            self.theirs.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.theirs):
            self.words.append(data)

    @property
    def latin(self) -> list[str]:
        found = [word for text in self.words for word in LATIN.findall(NEITHER.sub(" ", text))]
        return [word for word in found if word not in ALLOWED | OWN.get(self.language, set())]


def crawl(request: APIRequestContext, start: list[str], but: tuple[str, ...]) -> Iterator[tuple[str, Reader]]:
    """Pages reachable by links, breadth first, each address once; of long lists a page or two."""
    known, waiting, kinds = set(start), deque(start), {}
    while waiting and len(known) <= MOST * 4:
        address = waiting.popleft()
        response = request.get(address)
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        assert (address, response.status) == (address, 200)
        reader = Reader(response.text())
        yield address, reader
        for link in reader.links:
            path, _fragment = urldefrag(urljoin(response.url, link))
            parts = urlsplit(path)
            if (
                f"{parts.scheme}://{parts.netloc}" != urljoin(response.url, "/").rstrip("/")
                or LEFT_OUT.search(parts.path)
                or parts.path.startswith(but)
            ):
                continue
            name = f"{parts.path}?{parts.query}" if parts.query else parts.path
            # Pages of one kind are made by one template: a few of each are read.
            kind = re.sub(r"\d+", "0", re.sub(r"@\w+|/c/[\w-]+|/dashboard/\w+|-[^/]+|=[^&]+", "…", name))
            if name not in known and kinds.get(kind, 0) < 6:
                known.add(name)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(name)


def read(
    page: Page, language: str, start: list[str], *, but: tuple[str, ...] = (), most: int = MOST
) -> tuple[list[str], dict[str, list[str]]]:
    """Addresses read, and what is not of the language on them."""
    visited, wrong = [], {}
    for address, reader in crawl(page.context.request, start, but):
        visited.append(address)
        if (reader.language, reader.direction) != (language, DIRECTIONS[language]) or reader.latin:
            wrong[address] = reader.latin or [f"lang={reader.language} dir={reader.direction}"]
        if len(visited) == most:
            break
    return visited, wrong


@pytest.mark.parametrize(("language", "nothing", "most"), [("fa", "زززززز", MOST), ("zh-hant", "龘龘龘龘", FEW)])
def test_a_guest_reads_her_language_everywhere(
    open_page: OpenPage, market: Market, language: str, nothing: str, most: int
):
    page = open_page("phone", language)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": market.address}])
    start = ["/", "/search/", f"/search/?q={nothing}", "/me/", "/feed/", "/saved/", "/following/"]
    visited, wrong = read(page, language, start, most=most)
    assert wrong == {}
    assert len(visited) > 0.4 * most
    wide = {}
    for address in visited[:: max(1, MOST // SAMPLE)]:
        page.goto(address, wait_until="domcontentloaded")
        if sideways := overflow(page):
            wide[address] = sideways
    assert wide == {}


def test_a_seller_reads_persian_everywhere(open_page: OpenPage, market: Market):
    page = open_page("phone", "en", who="rival")
    login, desk = market.logins["rival"]["login"], market.logins["rival"]["desk_fa"]
    (name,) = market.sql("SELECT display_name FROM accounts_user WHERE email = %s", login)[0]
    be = "UPDATE accounts_user SET language = %s, market = %s, display_name = %s WHERE email = %s"
    market.sql(be, "fa", "ir", "رضا", login)
    try:
        start = [
            desk,
            f"{desk}posts/new/",
            f"{desk}posts/new/?kind=text",
            f"{desk}opened/",
            "/dashboard/",
            "/accounts/",
            "/accounts/security/",
        ]
        others = (market.logins["rival"]["desk_en"], market.logins["rival"]["desk_zh-hant"])
        visited, wrong = read(page, "fa", start, but=others)
        assert wrong == {}
        assert len([address for address in visited if address.startswith("/dashboard/")]) > 12
        wide = {}
        for address in [each for each in visited if each.startswith(("/dashboard/", "/accounts/"))][:SAMPLE]:
            page.goto(address, wait_until="domcontentloaded")
            if sideways := overflow(page):
                wide[address] = sideways
        assert wide == {}
    finally:
        market.sql(be, "en", "us", name, login)
