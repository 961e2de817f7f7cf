"""Money as integer minor units with an ISO 4217 currency: parsing and display, never arithmetic on floats."""

from decimal import Decimal, InvalidOperation

from babel.numbers import format_decimal, get_currency_symbol
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from persiantools import digits

DECIMALS = {"USD": 2, "EUR": 2, "IRR": 0, "TWD": 0}
SYMBOLS = {"TWD": "NT$"}
CHINESE_SYMBOLS = {"USD": "US$"}  # a bare $ would be read as New Taiwan dollars
MAX_MINOR = 10**11
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬،−", "01234567890123456789.,,-")


class NotAnAmount(ValueError):
    """The text is not an amount of this currency; the message is for the person who typed it."""


def babel_locale(language: str | None = None) -> str:
    """Babel's name of a Django language code."""
    return {"zh-hant": "zh_Hant_TW", "en-xa": "en"}.get(
        code := language or get_language() or "en", code.replace("-", "_")
    )


def to_ascii_digits(text: str) -> str:
    """Persian and Arabic digits and separators as ASCII ones."""
    return text.translate(_TO_ASCII)


def localize_digits(text: str, language: str | None = None) -> str:
    """ASCII digits as the language writes them."""
    return digits.en_to_fa(text) if (language or get_language() or "en").startswith("fa") else text


_PERSIAN_MARKS = str.maketrans({",": "٬", ".": "٫", "%": "٪"})


def localize_number(text: str, language: str | None = None) -> str:
    """A written number with the digits, separators and percent sign of the language."""
    language = language or get_language() or "en"
    return localize_digits(text, language).translate(_PERSIAN_MARKS) if language.startswith("fa") else text


def parse_amount(text: str, currency: str, *, toman: bool = False) -> int:
    """Minor units of what a person typed ("38", "38.50", "۳۸٬۵۰۰").

    With ``toman`` the text counts tens of rials. Raises NotAnAmount.
    """
    plain = to_ascii_digits(text).strip().replace(",", "").replace(" ", "").replace("\u200c", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise NotAnAmount(_("Write a number, like 38 or 38.50.")) from None
    if not value.is_finite() or "e" in plain.lower():
        raise NotAnAmount(_("Write a number, like 38 or 38.50."))
    minor = value * (10 if toman else 10 ** DECIMALS[currency])
    if minor != minor.to_integral_value():
        raise NotAnAmount(_("That has more decimals than the currency knows."))
    if not 0 <= minor <= MAX_MINOR:
        raise NotAnAmount(_("That amount is out of range."))
    return int(minor)


def plain_amount(minor: int, currency: str, *, toman: bool = False) -> str:
    """The amount as an input field shows it: ASCII digits, no separators."""
    value = Decimal(minor) / (10 if toman else 10 ** DECIMALS[currency])
    return f"{value:f}" if value != value.to_integral_value() else f"{int(value)}"


def format_money(minor: int, currency: str, language: str | None = None) -> str:
    """The amount as people of ``language`` read it: whole amounts without decimals, rials as toman in Persian."""
    language = language or get_language() or "en"
    if currency == "IRR" and language.startswith("fa"):
        toman = Decimal(minor) / 10
        shown = f"{int(toman):,}" if toman == toman.to_integral_value() else f"{toman:,.1f}"
        return f"{localize_number(shown, language)} تومان"
    value = Decimal(minor) / 10 ** DECIMALS[currency]
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    shown = format_decimal(value, pattern, locale=babel_locale(language))
    own = CHINESE_SYMBOLS if language.startswith("zh") else {}
    symbol = own.get(currency) or SYMBOLS.get(currency) or get_currency_symbol(currency, "en")
    shown = localize_number(shown, language)
    return f"{symbol}\u00a0{shown}" if symbol == currency else f"{symbol}{shown}"
