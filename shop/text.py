"""The one spelling in which words are stored and looked for."""

import re
import unicodedata
from functools import lru_cache

_FOLD = {
    **dict.fromkeys(map(ord, "يىئ"), "ی"),
    ord("ك"): "ک",
    **dict.fromkeys(map(ord, "ةۀە"), "ه"),
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),
    ord("ؤ"): "و",
    **{base + digit: str(digit) for base in (0x06F0, 0x0660) for digit in range(10)},
    **dict.fromkeys((0x200C, 0x2009, 0x00A0), " "),  # ZWNJ parts words, like a space
    **dict.fromkeys((0x0640, 0x00AD, 0x200B, 0x200D, 0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys(map(ord, "'’ʼ"), None),
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


def _bigrams(match: re.Match[str]) -> str:
    run = match[0]
    pairs = [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return f" {' '.join(pairs)} "


def fold(text: str) -> str:
    """``text`` in one spelling, with its punctuation: what ``normalize`` does before it parts words."""
    parts = unicodedata.normalize("NFKD", text.translate(_FOLD))
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare.translate(_FOLD).casefold())


def split_words(folded: str) -> list[str]:
    """The words of a folded text; runs of Chinese become pairs of neighbors."""
    return _WORD.findall(_CHINESE.sub(_bigrams, folded))


@lru_cache(maxsize=8192)
def normalize(text: str) -> str:
    """The words of ``text`` in one spelling, parted by single spaces.

    Compatibility forms, accents, harakat, tatweel and direction marks go; Arabic letters become the Persian ones;
    all digits become 0-9; runs of Chinese become pairs of neighbors; case is folded. Applying it twice changes
    nothing more: it is the only door for documents and queries alike.
    """
    return " ".join(split_words(fold(text)))
