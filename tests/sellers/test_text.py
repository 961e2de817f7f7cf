"""What people write stays text: nothing they type becomes markup of theirs."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellers.text import render_text

LINK = 'rel="nofollow noopener ugc" target="_blank" dir="ltr"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("one\ntwo\r\nthree", "one<br>two<br>three"),
        ("see https://example.com/a.", f'see <a href="https://example.com/a" {LINK}>example.com/a</a>.'),
        (
            "https://www.example.com/?a=1&b=2",
            f'<a href="https://www.example.com/?a=1&amp;b=2" {LINK}>example.com/?a=1&amp;b=2</a>',
        ),
        ("(https://example.com)", f'(<a href="https://example.com" {LINK}>example.com</a>)'),
        ("HTTPS://WWW.Example.com", f'<a href="HTTPS://WWW.Example.com" {LINK}>Example.com</a>'),
        ("http\u017f://example.com", "http\u017f://example.com"),  # a long s is none
        ("javascript:alert(1) ftp://a.b https://", "javascript:alert(1) ftp://a.b https://"),
        ("new #teapots!", 'new <a href="/search/?q=%23teapots">#teapots</a>!'),
        (
            "#دست\u200cساز است",
            '<a href="/search/?q=%23%D8%AF%D8%B3%D8%AA%E2%80%8C%D8%B3%D8%A7%D8%B2">#دست\u200cساز</a> است',
        ),
        ("#1 &#39; a#b ##c", "#1 &amp;#39; a#b ##c"),
        ("by @Kaf_Studio.", 'by <a href="/@kaf_studio/" dir="ltr">@Kaf_Studio</a>.'),
        ("mail me@example.com @ab @@kaf", "mail me@example.com @ab @@kaf"),
    ],
)
def test_text_becomes_links_and_breaks(text, html):
    assert render_text(text) == html


def test_long_address_is_shown_short():
    address = f"https://example.com/{'a' * 100}"
    assert f">example.com/{'a' * 35}…</a>" in render_text(address)


class Allowed(HTMLParser):
    """Notes every tag and attribute, and the text between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.odd: list[object] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.words += "\n"
        names = {name for name, _value in attrs}
        address = dict(attrs).get("href") or ""
        if tag not in ("a", "br") or names - {"href", "rel", "target", "dir"}:
            self.odd.append((tag, attrs))
        if tag == "a" and not address.lower().startswith(("http://", "https://", "/search/?q=%23", "/@")):
            self.odd.append(address)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


PIECES = st.sampled_from(
    (
        *('<a href="', "<img onerror=x ", "</a>", "https://", "http://x.y/", '"', "'", ">", "<", "&", "&lt;", "#"),
        *("@", "kaf", "javascript:", "\n", "\r", " ", "\u200c", "\x00", "ا", "://", "<!--", "-->", "]]>", "%22"),
        *("\\", "`", "onclick=", "HTTP://x.y/"),
    )
)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join)))
def test_no_text_makes_markup(text):
    parser = Allowed()
    parser.feed(render_text(text))
    parser.close()
    assert parser.odd == []
    if not re.search(r"https?://", text, re.IGNORECASE) and "\x00" not in text:
        assert parser.words == text.replace("\r\n", "\n").replace("\r", "\n")
