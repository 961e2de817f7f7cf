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


class CardRefundForm(KeyedForm):
    """How much of a payment goes back to the card; ``only_whole`` leaves no choice."""

    def __init__(self, *args: Any, currency: str, most_minor: int, only_whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_minor = most_minor
        if not only_whole:
            self.fields["amount"] = AmountField(label=_("How much"), currency=currency, initial=most_minor)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "amount" not in self.errors:
            data["amount"] = data.get("amount", self.most_minor)
            if not 1 <= (data["amount"] or 0) <= self.most_minor:
                self.add_error("amount" if "amount" in self.fields else None, _("That is more than can go back now."))
        return data
