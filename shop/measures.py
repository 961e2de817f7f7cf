"""Numbers and units in one writing: "1/2 in", "0.5 inch" and '½"' are one word, ``0p5in``.

Documents and queries become tokens here. A number with a unit is also found by the number alone.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from shop.text import fold, split_words

_UNITS = {
    "in": "in inch inches اینچ اینچی 吋 英寸 英吋",
    "ft": "ft foot feet فوت 英尺 呎",
    "yd": "yd yds yard yards",
    "mm": "mm millimeter millimeters میلیمتر میلیمتری 毫米 公釐",
    "cm": "cm centimeter centimeters سانت سانتی سانتیمتر سانتیمتری 厘米 公分",
    "m": "m meter meters metre metres متر متری 米 公尺",
    "g": "g gr gram grams gm گرم گرمی 克 公克",
    "kg": "kg kgs kilo kilos kilogram kilograms کیلو کیلویی کیلوگرم کیلوگرمی 公斤 千克",
    "oz": "oz ounce ounces اونس 盎司",
    "lb": "lb lbs pound pounds پوند 磅",
    "ml": "ml milliliter milliliters cc سیسی 毫升",
    "l": "l liter liters litre litres لیتر لیتری 升 公升",
    "gal": "gal gals gallon gallons گالن",
    "qt": "qt quart quarts",
    "v": "v volt volts ولت ولتی 伏 伏特",
    "w": "w watt watts وات واتی 瓦 瓦特",
    "amp": "amp amps ampere amperes آمپر امپر امپری 安培",
    "mah": "mah میلیامپر 毫安",
    "hp": "hp horsepower",
    "gb": "gb gig gigabyte gigabytes گیگ گیگابایت گیگابایتی",
    "tb": "tb terabyte terabytes ترابایت",
    "mp": "mp megapixel megapixels مگاپیکسل",
    "hz": "hz hertz هرتز",
    "pk": "pk pack packs بسته",
    "ga": "ga gauge",
    "sq": "sq",
    "cu": "cu",
    "btu": "btu",
    "psi": "psi",
    "gpm": "gpm",
    "deg": "deg degree degrees درجه",
}
UNITS = {fold(name): unit for unit, names in _UNITS.items() for name in names.split()}
_GLUED = UNITS | {"a": "amp"}  # one reads "20a" as amperes, but not "20 a"
_SIGNS = [
    (re.compile(r"(?<=\d)\s*(?:''|[\"″”])"), "in "),
    (re.compile(r"(?<=\d)\s*['’′]"), "ft "),
]
_SHARES = str.maketrans({
    "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ", "⅓": " 1/3 ", "⅔": " 2/3 ", "⅛": " 1/8 ", "⅜": " 3/8 ", "⅝": " 5/8 ",
    "⅞": " 7/8 ", "٫": ".", "٬": ",",
})  # fmt: skip
_BETWEEN = re.compile(r"(?<=\d)(\s*(?:in|ft|cm|mm|m)?\.?)\s*[x×*]\s*(?=[\d.])")
_HAN = "|".join(sorted((name for name in UNITS if name > "\u3400"), key=len, reverse=True))
_MEASURE = re.compile(
    r"(?<![^\W_])(?<!\d[./])"
    r"(?:(?:(\d+)(?:\s*-\s*|\s+))?(\d+)\s*/\s*(\d+)(?![\d/])|(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?<=\d))"
    rf"(?:\s?({_HAN})|(\s*-?\s*)([^\W\d_]+)(?![^\W_])|(?![^\W_]))\.?"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is read: ``word`` folded; of a measure also ``number``, the word without its unit."""

    word: str
    number: str = ""
    shown: str = ""  # how a measure was written

    @property
    def text(self) -> str:
        return self.shown or self.word


def _number(whole: str, top: str, bottom: str, plain: str, rest: str) -> str:
    """A decimal number as a word: ``p`` for the point, no zeros that say nothing."""
    if not bottom:
        digits = plain.replace(",", "").lstrip("0") or "0"
        rest = rest.rstrip("0").rstrip(".")
        return digits + rest.replace(".", "p")
    share = int(top) / int(bottom) if int(bottom) else float(top)
    return f"{int(whole or 0) + share:.4f}".rstrip("0").rstrip(".").replace(".", "p")


def _read(match: re.Match[str], follows_number: bool) -> list[Token]:
    whole, top, bottom, plain, rest, han, gap, unit = match.groups(default="")
    number, name = _number(whole, top, bottom, plain, rest), unit or han
    known = (UNITS if gap else _GLUED).get(name, "")
    if name == "in" and gap and follows_number:  # "6 in 1"
        known = ""
    if known:
        return [Token(number + known, number, " ".join(match[0].rstrip(".").split()))]
    if name and not gap and not bottom and not rest:  # a model: "7tc"
        return [Token(plain + name)]
    written = match[0][: match.start(7) - match.start()] if unit else match[0]
    return [Token(number, shown=" ".join(written.strip(" .").split())), *map(Token, split_words(unit))]


@lru_cache(maxsize=8192)
def read_tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order, measures as one token each."""
    text = text.translate(_SHARES)
    for sign, name in _SIGNS:
        text = sign.sub(name, text)
    folded = _BETWEEN.sub(r"\1, ", fold(text))
    tokens: list[Token] = []
    place = 0
    for match in _MEASURE.finditer(folded):
        if not match[0]:
            continue
        tokens += map(Token, split_words(folded[place : match.start()]))
        tokens += _read(match, folded[match.end() : match.end() + 2].strip()[:1].isdigit())
        place = match.end()
    return (*tokens, *map(Token, split_words(folded[place:])))
