"""What is to change of many products."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sellers import selectors
from sellers.forms.fields import AmountField, CountField
from sellers.models import Channel
from sellers.models.bulk import BulkEdit

Kind = BulkEdit.Kind
UP, DOWN = "up", "down"
MOST_PERCENT = 900
# Which field says how much; what is archived needs none.
VALUES = {
    Kind.PRICE: "price",
    Kind.PERCENT: "percent",
    Kind.AMOUNT: "amount",
    Kind.STOCK: "stock",
    Kind.UNITS: "units",
    Kind.CATEGORY: "category",
}
SIGNED = (Kind.PERCENT, Kind.AMOUNT, Kind.UNITS)


class BulkForm(forms.Form):
    """``change()`` is what preview_bulk_edit takes beside the posts; an empty stock means made to order."""

    kind = forms.ChoiceField(
        label=_("What changes"), choices=Kind.choices, initial=Kind.PERCENT, widget=forms.RadioSelect
    )
    way = forms.ChoiceField(label=_("Up or down"), choices=[(UP, _("Up")), (DOWN, _("Down"))], required=False)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = channel.currency
        self.fields["price"] = AmountField(label=_("New price"), currency=currency, required=False)
        self.fields["percent"] = CountField(label=_("Percent"), required=False)
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency, required=False)
        self.fields["stock"] = CountField(
            label=_("New stock"), required=False, help_text=_("Empty means made to order.")
        )
        self.fields["units"] = CountField(label=_("How many"), required=False)
        choices = [("", gettext("Choose one")), *selectors.get_leaf_choices()]
        self.fields["category"] = forms.TypedChoiceField(
            label=_("New category"), coerce=int, choices=choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind", "")
        name = VALUES.get(kind, "")
        if name and kind != Kind.STOCK and name not in self.errors and data.get(name) in (None, "", 0):
            self.add_error(name, _("Please fill this in."))
        if kind == Kind.PERCENT and (data.get("percent") or 0) > MOST_PERCENT:
            self.add_error("percent", _("That number is out of range."))
        return data

    def change(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        value = self.cleaned_data.get(VALUES.get(kind, ""))
        if kind == Kind.CATEGORY:
            return {"kind": kind, "category": value}
        if kind in SIGNED and self.cleaned_data["way"] == DOWN:
            value = -(value or 0)
        return {"kind": kind, "value": value}
