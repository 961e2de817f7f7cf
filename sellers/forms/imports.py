"""What a seller says about a file she brings: the file, its columns, what its messages sell."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sellers import selectors
from sellers.forms.fields import AmountField, CountField
from sellers.imports import columns, encodings

AGREED = ("mapping", "toman", "category", "one_category", "stock")  # what is remembered for the same columns


class ImportForm(forms.Form):
    """One file, and perhaps the pictures that a table names."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table (CSV or XLSX), a Telegram export (ZIP), or a channel you took along (ZIP). Up to 256 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.zip"}),
    )
    pictures = forms.FileField(
        label=_("Pictures of the table"),
        required=False,
        help_text=_("A ZIP; the table names the files in a column."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )


class ColumnsForm(forms.Form):
    """Which column is what, and what holds for all rows."""

    category = forms.TypedChoiceField(
        label=_("Category"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("For rows whose category neither the table says nor we can guess."),
    )
    one_category = forms.BooleanField(label=_("All rows belong there"), required=False)
    stock = CountField(label=_("Stock where the table says nothing"), initial=1)
    announce = forms.BooleanField(
        label=_("Show the new things to followers"), required=False, help_text=_("Each as news in their feed.")
    )

    def __init__(self, data: Any = None, *, reading: dict[str, Any], currency: str) -> None:
        super().__init__(data, initial={name: reading[name] for name in AGREED if name in reading})
        self._width = len(reading["header"])
        choices = [("", gettext("Leave out")), *((field, str(label)) for field, label in columns.FIELDS.items())]
        for at, name in enumerate(reading["header"]):
            label = name or gettext("Column {n}").format(n=at + 1)
            self.fields[f"column-{at}"] = forms.ChoiceField(label=label, required=False, choices=choices)
            self.initial[f"column-{at}"] = reading["mapping"][at]
        leaves = [("", gettext("Choose one")), *selectors.get_leaf_choices()]
        self.fields["category"].choices = leaves  # type: ignore[attr-defined]
        if currency == "IRR":
            label, note = _("Bare numbers are toman"), _("Without a tick they are rials.")
            self.fields["toman"] = forms.BooleanField(label=label, required=False, help_text=note)
            self.initial.setdefault("toman", True)

    def columns(self, samples: Sequence[Sequence[str]]) -> list[tuple[forms.BoundField, list[str]]]:
        """(field, what the first rows hold there) of each column."""
        return [
            (self[f"column-{at}"], [row[at] for row in samples if at < len(row) and row[at]])
            for at in range(self._width)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mapping = [data.pop(f"column-{at}", "") for at in range(self._width)]
        if missing := columns.missing(mapping):
            self.add_error(None, gettext("No column is: {names}.").format(names=", ".join(missing)))
        if twice := columns.twice(mapping):
            self.add_error(None, gettext("Two columns are: {names}.").format(names=", ".join(twice)))
        if data.get("one_category") and not data.get("category"):
            self.add_error("category", gettext("Choose a category."))
        return data | {"mapping": mapping, "toman": bool(data.get("toman")), "agreed": list(AGREED)}


class EncodingForm(forms.Form):
    encoding = forms.ChoiceField(label=_("Letters of the file"), choices=list(encodings.CHOICES.items()))


class OfferForm(forms.Form):
    """What one message sells; only ticked ones are read."""

    take = forms.BooleanField(required=False)
    title = forms.CharField(max_length=150)
    category = forms.TypedChoiceField(coerce=int)
    stock = CountField()

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = AmountField(currency=currency)
        tree = selectors.get_category_tree()
        leaves = [(leaf.pk, "") for leaf in tree.leaves]
        self.fields["category"].choices = leaves  # type: ignore[attr-defined]
