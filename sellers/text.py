"""What people write, made safe for a page: escaped, with links, hashtags and mentions that lead somewhere."""

import re
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_TOKEN = re.compile(
    r"""
    (?P<link>(?ai:https?)://[^\s<>"'`\\^{}|]+)
    # A hashtag has a letter somewhere; half-spaces (ZWNJ) and vowel marks belong to Persian and Arabic words.
    |(?<![\w&\#/])\#(?P<tag>(?=\w*[^\W\d_])[\w\u200c\u064b-\u065f\u0670]{1,60})
    |(?<![\w@/.])@(?P<handle>[A-Za-z0-9][A-Za-z0-9_]{1,28}[A-Za-z0-9])(?![\w@])
    |(?P<break>\r\n|\r|\n)
    """,
    re.VERBOSE,
)
_CLOSING = ".,;:!?…)]»”’،؛؟"


def _link(match: re.Match[str]) -> str:
    address = match["link"].rstrip(_CLOSING)
    rest = match["link"][len(address) :]
    if len(address) <= len("https://"):
        return escape(match["link"])
    shown = re.sub(r"(?ai)^https?://(www\.)?", "", address).rstrip("/")
    shown = f"{shown[:47]}…" if len(shown) > 48 else shown
    return format_html(
        '<a href="{}" rel="nofollow noopener ugc" target="_blank" dir="ltr">{}</a>{}', address, shown, rest
    )


def _tag(match: re.Match[str]) -> str:
    word = match["tag"].rstrip("\u200c")
    rest = match["tag"][len(word) :]
    return format_html('<a href="{}?q={}">#{}</a>{}', reverse("shop:search"), quote(f"#{word}"), word, rest)


def _mention(match: re.Match[str]) -> str:
    handle = match["handle"]
    return format_html('<a href="{}" dir="ltr">@{}</a>', reverse("shop:channel", args=[handle.lower()]), handle)


def _token(match: re.Match[str]) -> str:
    if match["link"]:
        return _link(match)
    if match["tag"]:
        return _tag(match)
    return _mention(match) if match["handle"] else "<br>"


def render_text(text: str) -> SafeString:
    """The text as HTML: everything escaped, http(s) addresses, #hashtags and @handles linked, lines broken."""
    parts, position = [], 0
    for match in _TOKEN.finditer(text):
        parts += [escape(text[position : match.start()]), _token(match)]
        position = match.end()
    parts.append(escape(text[position:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped or made by format_html
