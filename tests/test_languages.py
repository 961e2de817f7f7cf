"""Languages are complete: nothing on a page escapes translation, nothing in a catalogue is left out."""

import re
from collections import Counter, deque
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils.translation import to_locale, trans_real

from sellers import selectors
from sellers.models import PostPicture
from tests.factories import make_channel, make_post, make_product_post, make_user

OPEN, CLOSE = "⟦", "⟧"
SKIPPED = {"script", "style", "code", "svg", "bdi"}
# Codes and marks that are the same in every language.
ALLOWED = {"USD", "EUR", "IRR", "TWD", "XS", "XL", "XXL", "3XL"}
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
VOID = {"img", "input", "br", "hr", "meta", "link", "source", "wbr"}


class Marking(NullTranslations):
    """A language in which every string that asks for translation stands in brackets."""

    def gettext(self, message: str) -> str:
        words = message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
        return f"{OPEN}{words}{CLOSE}" if words else ""

    def ngettext(self, one: str, many: str, n: float) -> str:
        return self.gettext(one if n == 1 else many)

    def to_language(self) -> str:
        return "fa"

    language = to_language
    plural = staticmethod(lambda n: n != 1)


class Words(HTMLParser):
    """The words of a page that are the shop's own, and its links. People's content stands in ``dir="auto"``."""

    def __init__(self) -> None:
        super().__init__()
        self.depth: list[bool] = []
        self.text = ""
        self.attributes: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        theirs = tag in SKIPPED or given.get("translate") == "no" or given.get("lang", "fa") != "fa"
        theirs = theirs or any(self.depth) or (tag != "html" and given.get("dir") in ("auto", "ltr"))
        if tag == "a":
            self.links.append(given.get("href") or "")
        if not theirs:
            self.attributes += [given[name] or "" for name in ATTRIBUTES if name in given]
        if tag not in VOID:
            self.depth.append(theirs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.depth:
            self.depth.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.depth):
            self.text += f"{data} "


def unmarked(html: str) -> list[str]:
    """Runs of Latin letters outside the brackets, which may open before an element and close after it."""
    page = Words()
    page.feed(html)
    outside = []
    for stretch in (page.text, *page.attributes):
        depth = 0
        for letter in stretch:
            depth += (letter == OPEN) - (letter == CLOSE)
            outside.append(letter if depth == 0 and letter != CLOSE else " ")
        outside.append(" " if depth == 0 else f" unclosed:{stretch[:60]} ")
    words = re.findall(r"[A-Za-z0-9]+", "".join(outside))
    return [word for word in words if sum(letter.isalpha() for letter in word) > 1 and word not in ALLOWED]


def links_of(html: str) -> list[str]:
    page = Words()
    page.feed(html)
    return page.links


def pages(client: Client, start: list[str]) -> dict[str, list[str]]:
    """What is not marked on each page reachable by links, a few pages of each view; sign-out is left out."""
    waiting, known, kinds, wrong = deque(start), set(start), Counter[str](), {}
    while waiting:
        address = waiting.popleft()
        response = client.get(address, follow=True)
        if "text/html" not in response["Content-Type"]:
            continue
        assert (address, response.status_code) == (address, 200)
        if left := unmarked(response.content.decode()):
            wrong[address] = left
        for link in links_of(response.content.decode()):
            parts = urlsplit(urldefrag(urljoin(address, link)).url)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if (
                parts.scheme
                or parts.netloc
                or path in known
                or parts.path.startswith(("/admin/", "/media/", "/static/"))
            ):
                continue
            known.add(path)
            kinds[resolve(parts.path).view_name] += 1
            if kinds[resolve(parts.path).view_name] <= 4:
                waiting.append(path)
    assert len(known) > 20
    return wrong


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch):
    """Persian is replaced by the marking language while a test runs."""
    monkeypatch.setitem(trans_real._translations, "fa", Marking())
    yield
    selectors.forget_categories()


@pytest.fixture
def persian_market(taxonomy, marking):
    """A market whose people write single letters, so that every longer word is ours."""
    seller = make_user(email="q@q.example.com", display_name="Q", language="fa", market="ir")
    place = {"city": "P", "market": "ir", "language": "fa"}
    channel = make_channel(owner=seller, handle="q_q", name="Q", tagline="T", **place)
    pending = make_channel(owner=seller, handle="w_w", name="W", tagline="T", state="pending", **place)
    make_channel(owner=seller, handle="h_h", name="H", tagline="T", state="holiday", **place)
    for place_of in ("teapots-cups", "tshirts", "sneakers", "prints", "honey-jam"):
        leaf = taxonomy.by_slug[place_of]
        make_product_post(
            channel, title="T 1", text="T", category=leaf, price_minor=380_000, compare_at_minor=500_000, stock=1
        )
        make_product_post(channel, title="T 2", text="T", category=leaf, price_minor=420_000, stock=None, pictures=3)
        make_product_post(channel, title="T 3", text="T", category=leaf, price_minor=420_000, stock=0)
    for publish in ("now", "draft"):
        make_post(channel, text="T", publish=publish, pictures=2)
    make_post(pending, text="T")
    PostPicture.objects.update(alt="P")
    return seller


GUESTS = ["/", "/search/", "/search/?q=1", "/me/", "/feed/", "/saved/", "/following/", "/channels/"]


def test_a_guest_meets_no_unmarked_word(persian_market):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fa"
    assert pages(client, GUESTS) == {}


def test_a_shopper_meets_no_unmarked_word(persian_market):
    client = Client()
    client.force_login(make_user(email="z@z.example.com", display_name="Z", language="fa", market="ir"))
    client.post("/@q_q/follow/")
    assert (
        pages(
            client,
            [
                "/news/",
                "/news/settings/",
                "/feed/",
                "/me/",
                "/dashboard/",
                "/accounts/",
                "/accounts/security/",
                "/@q_q/",
            ],
        )
        == {}
    )


def test_a_seller_meets_no_unmarked_word(persian_market):
    client = Client()
    client.force_login(persian_market)
    desk = "/dashboard/q_q/"
    rooms = [desk, f"{desk}posts/new/", f"{desk}posts/new/?kind=text", f"{desk}posts/?q=0", f"{desk}opened/"]
    assert (
        pages(client, [*rooms, "/news/", "/dashboard/w_w/", "/dashboard/w_w/opened/", "/dashboard/h_h/settings/"]) == {}
    )


@pytest.mark.parametrize("reads", ["zh-TW,zh;q=0.9,en;q=0.8", "zh-HK", "zh-Hant"])
def test_a_guest_who_reads_chinese_is_shown_taiwan(taxonomy, reads: str):
    channel = make_channel(name="巷口雜貨", market="tw", language="zh-hant", city="台北")
    make_product_post(channel, title="茶壺", category=taxonomy.by_slug["teapots-cups"], price_minor=1280)
    page = Client().get("/newest/", headers={"Accept-Language": reads}).content.decode()
    assert '<html lang="zh-hant" dir="ltr">' in page
    assert [words in page for words in ("NT$1,280", ">商店<", ">茶壺<", 'lang="zh-hant" dir="auto"')] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"],
)
def test_what_is_refused_of_a_guest_is_marked(persian_market, address: str):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fa"
    for typed in (
        {},
        {"login": "1", "password": "1", "contact": "x", "password1": "1", "display_name": "", "email": "1"},
    ):
        assert unmarked(client.post(address, typed).content.decode()) == []


@pytest.mark.parametrize(
    "address",
    ["open/", "q_q/posts/new/", "q_q/posts/new/?kind=text", "q_q/settings/", "q_q/team/add/"],
)
def test_what_is_refused_of_a_seller_is_marked(persian_market, address: str):
    client = Client()
    client.force_login(persian_market)
    typed = {
        "action": "publish",
        "price": "x",
        "stock": "x",
        "handle": "a",
        "market": "x",
        "public_email": "1",
        "person": "1",
    }
    for given in ({"action": "publish"}, typed):
        assert unmarked(client.post(f"/dashboard/{address}", given).content.decode()) == []


def catalogues() -> list[Path]:
    return sorted(settings.BASE_DIR.glob("locale/*/LC_MESSAGES/django.po"))


def test_every_language_has_a_catalogue():
    assert [path.parent.parent.name for path in catalogues()] == [
        to_locale(code) for code, _ in settings.LANGUAGES if code != "en"
    ]


def test_all_catalogues_translate_the_same_strings():
    known = []
    for path in catalogues():
        with path.open("rb") as file:
            known.append({(message.context, message.id) for message in read_po(file) if message.id})
    assert [strings ^ known[0] for strings in known] == [set() for _ in known]


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.parent.name)
def test_catalogues_are_complete(path: Path):
    with path.open("rb") as file:
        catalogue = read_po(file)
    missing = [message.id for message in catalogue if message.id and (message.fuzzy or not message.string or not all(
        message.string if isinstance(message.string, (tuple, list)) else [message.string]))]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.parent.name)
def test_placeholders_survive_translation(path: Path):
    with path.open("rb") as file:
        catalogue = read_po(file)
    holes = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        asked = {hole for text in ids for hole in holes.findall(text)}
        wrong += [(ids[0], text) for text in strings if not set(holes.findall(text)) <= asked]
        if set(holes.findall(strings[-1])) != set(holes.findall(ids[-1])):  # the form of any number says it all
            wrong.append((ids[-1], strings[-1]))
    assert wrong == []
