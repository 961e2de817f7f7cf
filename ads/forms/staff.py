"""The forms of staff: terms of credit, reasons, the price list."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ads.models import Campaign, CreditApplication, Package
from core.markets import MARKETS
from sellers.forms.fields import AmountField

_LONG = {"widget": forms.Textarea(attrs={"rows": 3, "dir": "auto"}), "max_length": 500}


class ApproveForm(forms.Form):
    """Terms of a line; ``words`` are what approve_application takes."""

    fee_basis_points = forms.IntegerField(label=_("Fee, in hundredths of a percent"), initial=500, min_value=0)
    period_days = forms.IntegerField(label=_("Days of a period"), initial=30, min_value=1)
    reason = forms.CharField(label=_("A word to the seller"), required=False, **_LONG)  # type: ignore[arg-type]

    def __init__(self, *args: Any, application: CreditApplication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = min(application.suggested_limit_minor or 0, application.amount_minor or 0) or None
        self.fields["limit"] = AmountField(label=_("Limit"), currency=application.currency, initial=limit)
        self.fields["limit"].help_text = self.fields["limit"].unit  # type: ignore[attr-defined]
        self.order_fields(["limit", "fee_basis_points", "period_days", "reason"])

    def words(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"limit_minor": data.pop("limit") or 0} if "limit" in data else data


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), **_LONG)  # type: ignore[arg-type]


class LimitForm(WhyForm):
    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["limit"] = AmountField(label=_("New limit"), currency=currency)
        self.fields["limit"].help_text = self.fields["limit"].unit  # type: ignore[attr-defined]
        self.order_fields(["limit", "reason"])


class NamesWidget(forms.MultiWidget):
    """One line for each language, named for screen readers too."""

    def __init__(self) -> None:
        super().__init__({
            code: forms.TextInput(attrs={"placeholder": label, "aria-label": label, "dir": "auto"})
            for code, label in settings.LANGUAGES
        })  # fmt: skip

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(code, "") for code, _label in settings.LANGUAGES]


class NamesField(forms.MultiValueField):
    """Names by language; the first language may not be empty."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(max_length=80, required=not number) for number in range(len(settings.LANGUAGES))]
        super().__init__(fields, widget=NamesWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> dict[str, str]:
        pairs = zip(settings.LANGUAGES, data_list or [], strict=False)
        return {code: name for (code, _label), name in pairs if name}


class PackageForm(forms.ModelForm):
    """A package of the price list: a name in each language, its placements, its price in the market's currency."""

    names = NamesField(label=_("Name"))
    placements = forms.MultipleChoiceField(
        label=_("Placements"), choices=Campaign.Placement.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Package
        fields = ("names", "market", "placements", "days", "price_minor", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = ", ".join(f"{market.code}: {market.currency}" for market in MARKETS.values())
        help_text = _("In the smallest unit of the market’s currency ({units}).").format(units=units)
        self.fields["price_minor"].help_text = help_text
