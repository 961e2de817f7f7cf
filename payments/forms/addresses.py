"""A delivery address, checked as its country writes addresses."""

import re
from typing import Any

import phonenumbers
from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import babel_locale, to_ascii_digits
from payments.models import Address

# What a postal code looks like where we sell; elsewhere any short code will do.
POSTAL_CODES = {
    "US": (r"\d{5}(-\d{4})?", "97205"),
    "IR": (r"\d{10}", "1234567890"),
    "TW": (r"\d{3}(\d{2,3})?", "100"),
    "DE": (r"\d{5}", "10115"),
    "FR": (r"\d{5}", "75001"),
    "ES": (r"\d{5}", "28001"),
    "IT": (r"\d{5}", "00184"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 AB"),
    "AT": (r"\d{4}", "1010"),
    "BE": (r"\d{4}", "1000"),
    "PT": (r"\d{4}-\d{3}", "1100-148"),
    "IE": (r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30"),
}
WITHOUT_CODE = frozenset({"AE", "HK", "QA"})
_ANY_CODE = re.compile(r"[A-Z\d][A-Z\d -]{1,11}")


def country_choices() -> list[tuple[str, str]]:
    """Countries by name in the reader's language."""
    names = Locale.parse(babel_locale()).territories
    known = [(code, name) for code, name in names.items() if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_PLACE]
    return sorted(known, key=lambda pair: pair[1])


_NO_PLACE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


class AddressForm(forms.Form):
    name = forms.CharField(
        label=_("Full name"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=24,
        help_text=_("For the courier."),
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr", "inputmode": "tel", "autocomplete": "tel"}),
    )
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"}))
    lines = forms.CharField(
        label=_("Street and house"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "autocomplete": "street-address"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "address-level2"}),
    )
    region = forms.CharField(
        label=_("State or region"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "address-level1"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "postal-code"}),
    )
    is_default = forms.BooleanField(label=_("Use this one first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    @classmethod
    def of(cls, address: Address) -> "AddressForm":
        return cls(initial=address.as_json() | {"is_default": address.is_default})

    def clean_postal_code(self) -> str:
        return " ".join(to_ascii_digits(self.cleaned_data["postal_code"]).upper().split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        country = data.get("country", "")
        if country and data.get("phone"):
            self._check_phone(data, country)
        if country and "postal_code" in data:
            self._check_code(data["postal_code"], country)
        return data

    def _check_phone(self, data: dict[str, Any], country: str) -> None:
        try:
            number = phonenumbers.parse(to_ascii_digits(data["phone"]), country)
            is_good = phonenumbers.is_valid_number(number)
        except phonenumbers.NumberParseException:
            is_good = False
        if is_good:
            data["phone"] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        else:
            self.add_error("phone", _("This is not a phone number. Begin with + and the country code if it is abroad."))

    def _check_code(self, code: str, country: str) -> None:
        pattern, example = POSTAL_CODES.get(country, (_ANY_CODE.pattern, ""))
        if not code:
            if country not in WITHOUT_CODE:
                self.add_error("postal_code", _("Please fill this in."))
        elif not re.fullmatch(pattern, code):
            text = _("Postal codes there look like {example}.") if example else _("This is not a postal code.")
            self.add_error("postal_code", text.format(example=example))

    def words(self) -> dict[str, Any]:
        """What save_address takes, without is_default."""
        return {name: self.cleaned_data[name] for name in Address.FIELDS}
