"""Money into one's own wallet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.forms.base import KeyedForm
from sellers.forms.fields import AmountField


class TopUpForm(KeyedForm):
    """``way`` is a provider's name."""

    way = forms.ChoiceField(label=_("Pay by"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, currency: str, ways: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("How much"), currency=currency)
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.initial["way"] = ways[0][0]
        self.order_fields(["amount", "way"])

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Write a number, like 38 or 38.50."))
        return amount
