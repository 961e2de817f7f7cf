"""Variants: which attributes tell them apart, and a table with a row for each combination."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.money import localize_digits
from sellers.forms.fields import AmountField, CountField
from sellers.models import Attribute
from sellers.models.products import MAX_VARIANTS

Options = dict[str, str]


def _key_of(options: Mapping[str, str]) -> str:
    return urlencode(sorted(options.items()))


class VaryForm(forms.Form):
    """Which values a thing comes in, for each attribute that may tell variants apart."""

    prefix = "vary"

    def __init__(self, *args: Any, attributes: Sequence[Attribute], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute in attributes:
            self.fields[attribute.slug] = forms.MultipleChoiceField(
                label=str(attribute),
                required=False,
                choices=attribute.translated_choices(),
                widget=forms.CheckboxSelectMultiple,
            )

    def combinations(self) -> list[Options]:
        """Every combination of the chosen values, in the order of the attributes; none when nothing is chosen."""
        if not self.is_valid():
            return []
        chosen = [[(slug, value) for value in values] for slug, values in self.cleaned_data.items() if values]
        return [dict(pairs) for pairs in itertools.product(*chosen)] if chosen else []


class VariantForm(forms.Form):
    """One row. An empty price means the product's, an empty stock made to order."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=400)
    stock = CountField(label=_("Stock"), required=False)
    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # what there was when the form was made
    sku = forms.CharField(
        label=_("Your number"), required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    removed = forms.BooleanField(label=_("Leave out"), required=False)

    def __init__(self, *args: Any, currency: str, labels: Mapping[str, Attribute], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = AmountField(label=_("Price"), currency=currency, required=False)
        key = self.data.get(self.add_prefix("key"), "") if self.is_bound else self.initial.get("key", "")
        self.options: Options = dict(parse_qsl(key))
        self.name = " / ".join(
            labels[slug].label_of(value) if slug in labels else value for slug, value in self.options.items()
        )

    def columns(self) -> list[forms.BoundField]:
        """What the table shows between the variant's name and its tick."""
        return [self["price"], self["stock"], self["sku"]]


class VariantTable:
    """The rows of a product's variants: from the database, from a request, or made anew from what was ticked."""

    def __init__(
        self,
        *,
        attributes: Sequence[Attribute],
        currency: str,
        data: QueryDict | None = None,
        variants: Sequence[tuple[Options, int | None, int | None, str]] = (),
    ) -> None:
        """``variants`` are (options, price_minor, stock, sku) to start from when there is no ``data``."""
        self.attributes = {attribute.slug: attribute for attribute in attributes if attribute.is_variant}
        self.currency, self.error = currency, ""
        if data is None:
            initial: dict[str, list[str]] = {}
            for options, *_rest in variants:
                for slug, value in options.items():
                    initial.setdefault(slug, [])
                    initial[slug] += [value] if value not in initial[slug] else []
            self.vary = VaryForm(attributes=list(self.attributes.values()), initial=initial)
            self.rows = [
                self._row(
                    place,
                    initial={"key": _key_of(options), "price": price, "stock": stock, "stock_seen": stock, "sku": sku},
                )
                for place, (options, price, stock, sku) in enumerate(variants)
            ]
        else:
            self.vary = VaryForm(data, attributes=list(self.attributes.values()))
            count = data.get("variants", "0")
            places = range(min(int(count), MAX_VARIANTS) if count.isdecimal() else 0)
            self.rows = [self._row(place, data=data) for place in places]

    def _row(self, place: int, **kwargs: Any) -> VariantForm:
        return VariantForm(prefix=f"variant{place}", currency=self.currency, labels=self.attributes, **kwargs)

    def combine(self, stock: str) -> None:
        """Makes the rows anew from what is ticked; what was typed for a combination stays, ``stock`` fills new ones."""
        typed = {
            _key_of(row.options): {
                name: row[name].value() for name in ("price", "stock", "stock_seen", "sku", "removed")
            }
            for row in self.rows
        }
        wanted = self.vary.combinations()
        if len(wanted) > MAX_VARIANTS:
            text = ngettext("That makes {n} variants.", "That makes {n} variants.", len(wanted))
            limit = _("A product may have {n} at most: choose fewer values.")
            shown = [
                localize_digits(str(text).format(n=len(wanted))),
                localize_digits(str(limit).format(n=MAX_VARIANTS)),
            ]
            self.error = " ".join(shown)
            return
        self.rows = [
            self._row(place, initial={"stock": stock, **typed.get(key, {}), "key": key})
            for place, key in enumerate(map(_key_of, wanted))
        ]

    def fits_ticks(self) -> bool:
        """Whether the rows have all the values that are ticked now and no other; they need not be all combinations."""
        used: dict[str, set[str]] = {}
        for row in self.rows:
            for slug, value in row.options.items():
                used.setdefault(slug, set()).add(value)
        ticked = self.vary.cleaned_data if self.vary.is_valid() else {}
        return used == {slug: set(values) for slug, values in ticked.items() if values}

    def is_valid(self) -> bool:
        return all([self.vary.is_valid(), *(row.is_valid() for row in self.rows)])

    def kept(self) -> list[VariantForm]:
        """The rows that become variants, once the table is valid."""
        return [row for row in self.rows if not row.cleaned_data["removed"]]
