"""What a message that names a price seems to sell: a title and how many there are."""

import re

from core.money import to_ascii_digits

TITLE = 80
_NOISE = re.compile(r"[#@]\w+|https?://\S+|[\U0001F000-\U0001FAFF\u2600-\u27bf\ufe0f\u200d]")
_EDGES = " \t-–—|•*:،,.!؛;✨"
_SOLD = re.compile(r"\bsold\b(?! by)|فروخته شد|تمام شد|ناموجود|已售|售完|售出", re.IGNORECASE)
_LEFT = re.compile(
    r"(?:موجودی|تعداد|فقط|only|stock|qty|剩|庫存|庫存:)\s*:?\s*(\d{1,4})(?!\s*(?:[\d.,/$€]|هزار|میلیون|تومان|تومن|ریال|元))(?:\s*(?:left\b|pieces\b|عدد|件))?"
    r"|(\d{1,4})\s*(?:left\b|pieces\b|in stock|عدد|تا موجود|件)",
    re.IGNORECASE,
)


def guess_title(text: str, price_words: str = "") -> str:
    """The first line that says something, without price, hashtags, links and signs; "" if there is none."""
    for line in text.splitlines():
        plain = to_ascii_digits(line)
        clean = line if price_words not in plain else plain.replace(price_words, " ") if price_words else line
        words = re.sub(r"\(\s*\)|[—–,،]\s*(?=[—–,،])", " ", _LEFT.sub(" ", _NOISE.sub(" ", clean)))
        words = " ".join(words.split()).strip(_EDGES)
        if sum(letter.isalpha() for letter in words) >= 2:
            return words if len(words) <= TITLE else f"{words[: TITLE - 1].rsplit(' ', 1)[0].rstrip(_EDGES)}…"
    return ""


def guess_stock(text: str) -> int:
    """How many the text says there are; 0 for sold, 1 if it does not say."""
    if _SOLD.search(text):
        return 0
    match = _LEFT.search(to_ascii_digits(text))
    return int(match[1] or match[2]) if match else 1
