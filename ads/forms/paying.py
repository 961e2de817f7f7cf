"""Paying ahead for ads and repaying them: how much, and from where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ads.models import Package
from core.money import format_money
from payments.forms.base import KeyedForm
from sellers.forms.fields import AmountField

Ways = list[tuple[str, str]]


class _PayForm(KeyedForm):
    """``way`` is "wallet", "balance" or a provider's name."""

    way = forms.ChoiceField(label=_("Pay by"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, currency: str, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("How much"), currency=currency, required=False)
        self.fields["way"].choices = ways  # type: ignore[attr-defined]


class RepayForm(_PayForm):
    def __init__(self, *args: Any, left_minor: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["amount"] = left_minor
        self.fields["amount"].required = True
        self.order_fields(["amount", "way"])


class BookForm(_PayForm):
    """A package of the price list, or an amount; ``package`` is its number, or OWN for an amount."""

    OWN = "own"

    package = forms.ChoiceField(label=_("What to book"), widget=forms.RadioSelect, initial=OWN)

    def __init__(self, *args: Any, packages: list[Package], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packages = {str(package.pk): package for package in packages}
        offered = [(pk, f"{one} · {format_money(one.price_minor, one.currency)}") for pk, one in self.packages.items()]
        self.fields["package"].choices = [*offered, (self.OWN, _("An amount of my own"))]  # type: ignore[attr-defined]
        self.order_fields(["package", "amount", "way"])

    def words(self) -> dict[str, Any]:
        """What ads.services.book takes of it; for valid forms."""
        package = self.packages.get(self.cleaned_data["package"])
        return {"package": package} if package else {"amount_minor": self.cleaned_data["amount"] or 0}
