"""Words as the group's search compares them: folded, without the half-spaces that part Persian words."""

import re

from core.folding import fold

MOST_WORDS = 8
_HALF_SPACE = "\u200c"
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    return fold(text.replace(_HALF_SPACE, " "))


def query(text: str) -> str:
    """A tsquery (raw) that wants every word, each as a beginning; empty where there is no word."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(folded(text))[:MOST_WORDS])
