"""Finds a price in what people write: three scripts' digits, words for thousands and millions, names of currencies."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.money import DECIMALS, MAX_MINOR, to_ascii_digits

_LETTERS = str.maketrans("يىك\u200c\u00a0\u202f", "ییک   ")
_SCALES = {"هزار": 10**3, "میلیون": 10**6, "ملیون": 10**6, "میلیارد": 10**9, "k": 10**3, "萬": 10**4, "万": 10**4}
_NUMBER = r"\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d{1,2})?|\d+(?:[./]\d{1,2})?"
_SCALE = r"(?:هزار|میلیون|ملیون|میلیارد|[kK](?![a-zA-Z])|萬|万)"
_AMOUNT = rf"(?:{_NUMBER})(?:\s*{_SCALE})?(?:\s*و\s*(?:{_NUMBER})\s*{_SCALE})*"
# Names after the amount and before it; toman is ten rials.
_AFTER = {
    "toman": r"تومان|تومن|تومنی|تومانی|ت(?![\u0600-\u06ff])|tomans?\b|toman\b|T(?!\w)",
    "IRR": r"ریال|rials?\b|IRR\b|﷼",
    "EUR": r"€|euros?\b|EUR\b|یورو|歐元|欧元",
    "USD": r"\$|dollars?\b|USD\b|دلار|美元|美金",
    "TWD": r"元|塊|NTD?\b|TWD\b|新台幣",
}
_BEFORE = {"TWD": r"NT\s?\$|NTD|TWD|新台幣", "EUR": r"€|EUR", "USD": r"US\s?\$|USD|\$", "IRR": r"IRR|﷼"}
_PATTERN = re.compile(
    "|".join(
        [
            "(?<![\\w.,])(?:"
            + "|".join(rf"(?P<before_{code}>{words})" for code, words in _BEFORE.items())
            + rf")\s?(?P<first>{_AMOUNT})",
            rf"(?<![\w.,/-])(?P<second>{_AMOUNT})\s?(?:"
            + "|".join(rf"(?P<after_{code}>{words})" for code, words in _AFTER.items())
            + ")",
        ]
    ),
    re.IGNORECASE,
)
_PIECE = re.compile(rf"({_NUMBER})\s*({_SCALE})?")
MANY_THOUSANDS = 1000  # toman: nothing costs less, so who writes "250 toman" leaves out the word thousand


@dataclass(frozen=True, slots=True)
class Price:
    minor: int
    currency: str
    words: str  # as they were written


def find_prices(text: str) -> list[Price]:
    """All amounts with a currency, in their order. "۲ میلیون و ۵۰۰ هزار تومان" is one."""
    plain = to_ascii_digits(text.translate(_LETTERS))
    found = [_price(match) for match in _PATTERN.finditer(plain)]
    return [price for price in found if price and 0 < price.minor <= MAX_MINOR]


def find_price(text: str, currency: str) -> Price | None:
    """The first amount in this currency; None if the text names none."""
    return next((price for price in find_prices(text) if price.currency == currency), None)


def read_amount(text: str, currency: str, *, toman: bool = False) -> Price | None:
    """What a price column's cell says: with a currency's name, or a bare number in the column's own currency.

    ``toman``: bare numbers count tens of rials.
    """
    if prices := find_prices(text):
        return prices[0]
    plain = to_ascii_digits(text.translate(_LETTERS)).strip()
    if not re.fullmatch(_AMOUNT, plain):
        return None
    value = _value(plain)
    minor = None if value is None else _minor(value, "toman" if toman and currency == "IRR" else currency)
    return None if minor is None or not 0 <= minor <= MAX_MINOR else Price(minor, currency, text.strip())


def _price(match: re.Match[str]) -> Price | None:
    (name, _words), *_rest = [(k, v) for k, v in match.groupdict().items() if v and k not in ("first", "second")]
    code = name.partition("_")[2]
    value = _value(match["first"] or match["second"])
    if value is None:
        return None
    if code == "toman" and value < MANY_THOUSANDS:
        value *= 1000
    minor = _minor(value, code)
    return None if minor is None else Price(minor, "IRR" if code == "toman" else code, match[0].strip())


def _value(written: str) -> Decimal | None:
    """The sum of the pieces: 2 million and 500 thousand."""
    total = Decimal(0)
    for number, scale in _PIECE.findall(written):
        try:
            value = Decimal(re.sub("[,'’ ]", "", number).replace("/", "."))
        except InvalidOperation:
            return None
        total += value * _SCALES.get(scale.lower(), 1)
    return total


def _minor(value: Decimal, code: str) -> int | None:
    """Minor units; None for more decimals than the currency knows."""
    minor = value * (10 if code == "toman" else 10 ** DECIMALS[code])
    return int(minor) if minor == minor.to_integral_value() else None
