"""What a product post asks beyond an ordinary one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sellers import selectors
from sellers.forms.fields import AmountField, CountField, MeasureField
from sellers.models import Attribute, Product

IN_STOCK, TO_ORDER = "stock", "order"


def _terms(name: str, label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=int(getattr(Product._meta.get_field(name), "max_length", 0)),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ProductForm(forms.Form):
    """Title, price, stock, category, terms. A draft may leave the price for later."""

    title = forms.CharField(label=_("Title"), max_length=150, widget=forms.TextInput(attrs={"dir": "auto"}))
    category = forms.TypedChoiceField(label=_("Category"), coerce=int)
    condition = forms.ChoiceField(label=_("Condition"), choices=Product.Condition.choices)
    availability = forms.ChoiceField(
        label=_("Do you have it?"),
        choices=[(IN_STOCK, _("In stock")), (TO_ORDER, _("Made to order"))],
        initial=IN_STOCK,
        widget=forms.RadioSelect,
    )
    stock = CountField(label=_("How many"), initial=1)
    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # what there was when the form was made
    delivery = _terms("delivery", _("Delivery"), _("The channel’s own words, unless you change them here."))
    returns = _terms("returns", _("Returns"), _("The channel’s own words, unless you change them here."))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = AmountField(label=_("Price"), currency=currency)
        self.fields["compare_at"] = AmountField(
            label=_("Price before"), currency=currency, required=False, help_text=_("Shown struck through.")
        )
        choices = [("", gettext("Choose one")), *selectors.get_leaf_choices()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.fields["stock"].required = self["availability"].value() != TO_ORDER

    def allow_gaps(self) -> None:
        """For a draft: the price may come later."""
        self.fields["price"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("availability") == TO_ORDER:
            data["stock"] = None
            self.errors.pop("stock", None)
        price, before = data.get("price"), data.get("compare_at")
        if price is not None and before is not None and before <= price:
            self.add_error("compare_at", _("The price before must be higher than the price."))
        return data


class AttributesForm(forms.Form):
    """One field for each of the category's attributes, named by its slug; all may stay empty."""

    prefix = "attr"

    def __init__(self, *args: Any, attributes: Sequence[Attribute], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute in attributes:
            self.fields[attribute.slug] = self._field_of(attribute)

    @staticmethod
    def _field_of(attribute: Attribute) -> forms.Field:
        label = str(attribute)
        if attribute.kind == Attribute.Kind.CHOICE:
            return forms.ChoiceField(
                label=label, required=False, choices=[("", gettext("Not said")), *attribute.translated_choices()]
            )
        if attribute.kind == Attribute.Kind.NUMBER:
            return MeasureField(label=label, required=False, unit=gettext(attribute.unit) if attribute.unit else "")
        return forms.CharField(
            label=label, required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
        )
