"""Words as the group's search compares them: folded, without the half-spaces that part Persian words, and each Han
letter by itself, as Chinese is written without spaces."""

import re

from core.folding import fold

MOST_WORDS = 8
_HALF_SPACE = "\u200c"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER = re.compile(f"[{_HAN}]")
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(f"[{_HAN}]|[^{_HAN}]+")


def folded(text: str) -> str:
    return _LETTER.sub(r" \g<0> ", fold(text.replace(_HALF_SPACE, " ")))


def query(text: str) -> str:
    """A tsquery (raw) that wants every word, each as a beginning, Han letters in a row; empty where there is no word."""
    found = _WORD.findall(fold(text.replace(_HALF_SPACE, " ")))[:MOST_WORDS]
    return " & ".join(" <-> ".join(map(_wanted, _PIECE.findall(word))) for word in found)


def _wanted(piece: str) -> str:
    return piece if _LETTER.match(piece) else f"{piece}:*"
