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
FIELDS = ("price", "percent", "amount", "stock", "units", "category")  # each says how much of the kind of its name
SIGNED = (Kind.PERCENT, Kind.AMOUNT, Kind.UNITS)


class BulkForm(forms.Form):
    """``change()`` is what preview_bulk_edit takes beside the posts; an empty stock means made to order."""

    kind = forms.ChoiceField(
        label=_("What changes"), choices=Kind.choices, initial=Kind.PERCENT, widget=forms.RadioSelect
    )
    way = forms.ChoiceField(label=_("Up or down"), choices=[(UP, _("Up")), (DOWN, _("Down"))])

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = channel.currency
        self.fields["price"] = AmountField(label=_("New price"), currency=currency)
        self.fields["percent"] = CountField(label=_("Percent"))
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency)
        self.fields["stock"] = CountField(
            label=_("New stock"), required=False, help_text=_("Empty means made to order.")
        )
        self.fields["units"] = CountField(label=_("How many"))
        choices = [("", gettext("Choose one")), *selectors.get_leaf_choices()]
        self.fields["category"] = forms.TypedChoiceField(label=_("New category"), coerce=int, choices=choices)
        if self.is_bound:
            self._ask_only_for(self["kind"].value() or "")

    def _ask_only_for(self, kind: str) -> None:
        self.fields["way"].required = kind in SIGNED
        for name in FIELDS:
            self.fields[name].required = name == kind != Kind.STOCK

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind", "")
        for name in FIELDS:
            if name != kind:
                self.errors.pop(name, None)  # what was typed before another kind was chosen
        if kind in FIELDS and kind != Kind.STOCK and data.get(kind) == 0:
            self.add_error(kind, _("Write a number above zero."))
        if kind == Kind.PERCENT and (data.get("percent") or 0) > MOST_PERCENT:
            self.add_error("percent", _("That number is out of range."))
        return data

    def change(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        value = self.cleaned_data.get(kind)
        if kind == Kind.CATEGORY:
            return {"kind": kind, "category": value}
        if kind in SIGNED and self.cleaned_data["way"] == DOWN:
            value = -(value or 0)
        return {"kind": kind, "value": value}
