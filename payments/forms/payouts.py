"""Where a seller's money goes, checked as her market's banks write accounts."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import to_ascii_digits
from payments.forms.base import KeyedForm
from sellers.forms.fields import AmountField
from sellers.models import Channel

_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IR": 26, "IT": 27, "LT": 20, "LU": 20, "LV": 21, "MT": 31, "NL": 18,
    "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
_HELP = {
    "eu": _("Your IBAN, like DE89 3704 0044 0532 0130 00."),
    "ir": _("Your Sheba number: IR and 24 digits."),
    "us": _("Routing number and account number, like 021000021 123456789."),
    "tw": _("Bank code and account number, like 004 123456789012."),
}


def is_iban(text: str) -> bool:
    """Whether the letters and digits are an IBAN: its country's length and a remainder of 1 (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z\d]{10,30}", text) or len(text) != _IBAN_LENGTHS.get(text[:2]):
        return False
    digits = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    return int(digits) % 97 == 1


def is_routing_number(text: str) -> bool:
    """Whether nine digits are an American bank's (weights 3, 7, 1)."""
    return len(text) == 9 and sum(int(d) * w for d, w in zip(text, (3, 7, 1) * 3, strict=True)) % 10 == 0


class PayoutForm(KeyedForm):
    holder = forms.CharField(
        label=_("Name on the account"),
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    account = forms.CharField(
        label=_("Account"), max_length=60, widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market = channel.market
        self.fields["amount"] = AmountField(label=_("How much"), currency=channel.currency)
        self.fields["account"].help_text = _HELP[self.market]
        self.order_fields(["amount", "holder", "account"])

    def clean_account(self) -> str:
        text = to_ascii_digits(self.cleaned_data["account"]).upper()
        plain = re.sub(r"[\s-]+", "", text)
        if self.market in ("eu", "ir"):
            if self.market == "ir" and re.fullmatch(r"\d{24}", plain):
                plain = f"IR{plain}"
            if not is_iban(plain) or (plain[:2] == "IR") != (self.market == "ir"):
                raise forms.ValidationError(_("Something is mistyped: the check digits do not fit."))
            return plain
        if not re.fullmatch(r"\d+", plain):
            raise forms.ValidationError(_HELP[self.market])
        return self._american(plain) if self.market == "us" else self._taiwanese(plain)

    def _american(self, plain: str) -> str:
        routing, account = plain[:9], plain[9:]
        if not is_routing_number(routing) or not 4 <= len(account) <= 17:
            raise forms.ValidationError(_("Something is mistyped: the check digits do not fit."))
        return f"{routing} {account}"

    def _taiwanese(self, plain: str) -> str:
        bank, account = plain[:3], plain[3:]
        if not 10 <= len(account) <= 16:
            raise forms.ValidationError(_HELP["tw"])
        return f"{bank} {account}"

    def destination(self) -> dict[str, str]:
        """What request_payout takes."""
        return {"holder": self.cleaned_data["holder"], "account": self.cleaned_data["account"]}
