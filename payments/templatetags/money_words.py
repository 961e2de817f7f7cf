"""Words of money's pages."""

from babel import Locale
from django import template

from core.money import babel_locale, format_money
from core.templatetags.bisat import percent

register = template.Library()


@register.filter
def country(code: str) -> str:
    """``{{ address.country|country }}``: DE as Germany, in the reader's language."""
    return str(Locale.parse(babel_locale()).territories.get(code, code))


@register.filter
def signed_money(minor: int, currency: str) -> str:
    """An amount with its sign, as a statement shows what came and went."""
    return ("+" if minor > 0 else "−") + format_money(abs(minor), currency)


@register.filter
def percent_off(percents: int) -> str:
    """20 as −20%."""
    return "−" + percent(percents / 100)
