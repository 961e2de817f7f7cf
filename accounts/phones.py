"""Telephone numbers: typed as people do, kept in one form (E.164)."""

import phonenumbers
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from core.markets import MARKETS
from core.money import to_ascii_digits

RECEIVES_TEXTS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER)


class NotAPhone(ValueError):
    """The text is no mobile number; the message is for the person who typed it."""


def country_of(request: HttpRequest | None) -> str:
    """The country (ISO 3166) whose numbers need no country code for this visitor: her market's."""
    market = getattr(request, "market", None) or MARKETS[settings.DEFAULT_MARKET]
    return str(market.country)


def normalize(text: str, country: str) -> str:
    """``text`` as +4915112345678; a number without country code is one of ``country`` (ISO 3166). Raises NotAPhone."""
    try:
        number = phonenumbers.parse(to_ascii_digits(text), country)
    except phonenumbers.NumberParseException:
        raise NotAPhone(_("This is not a phone number.")) from None
    if not phonenumbers.is_valid_number(number):
        raise NotAPhone(_("This is not a phone number. Begin with + and the country code if it is from abroad."))
    if phonenumbers.number_type(number) not in RECEIVES_TEXTS:
        raise NotAPhone(_("This number cannot receive text messages. Give a mobile number."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display(number: str) -> str:
    """A kept number with the spaces people read it by: +49 1511 2345678."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
