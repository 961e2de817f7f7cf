"""Fields that read numbers and money as people of any of our languages write them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import SYMBOLS, NotAnAmount, parse_amount, plain_amount, to_ascii_digits

UNITS = {"USD": "$", "EUR": "€"} | SYMBOLS


def counts_in_toman(currency: str) -> bool:
    """Whether the person at the desk says prices in toman."""
    return currency == "IRR" and (get_language() or "").startswith("fa")


def unit_of(currency: str) -> str:
    """The words that stand before an amount in a form."""
    return _("toman") if counts_in_toman(currency) else str(UNITS.get(currency, _("rials")))


class AmountField(forms.CharField):
    """Money in the currency's display unit; cleans to integer minor units, or None when left empty."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        super().__init__(max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}), **kwargs)
        self.currency = currency
        self.unit = unit_of(currency)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text, self.currency, toman=counts_in_toman(self.currency))
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return plain_amount(value, self.currency, toman=counts_in_toman(self.currency))
        return value


class CountField(forms.IntegerField):
    """A whole number of things, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"})
        super().__init__(min_value=0, max_value=1_000_000, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(to_ascii_digits(value).replace(",", "") if isinstance(value, str) else value)


class MeasureField(forms.CharField):
    """A number that may have decimals ("12.5"), in any digits; cleans to plain text, empty when left empty."""

    def __init__(self, *, unit: str, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}), **kwargs)
        self.unit = unit

    def clean(self, value: Any) -> str:
        text = to_ascii_digits(super().clean(value)).replace(",", "").strip()
        if not text:
            return ""
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError(_("Write a number, like 12 or 12.5.")) from None
        if not number.is_finite() or not 0 <= number < 10**9:
            raise forms.ValidationError(_("Write a number, like 12 or 12.5."))
        return f"{number.normalize():f}"
