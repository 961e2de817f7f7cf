"""A coupon as its channel makes it, and the field in which a code is typed."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import Coupon
from sellers.forms.fields import AmountField, CountField
from sellers.models import Channel


def code_field(*, required: bool) -> forms.CharField:
    """Where a code is typed, in any script and either case."""
    return forms.CharField(
        label=_("Coupon code"),
        required=required,
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "autocapitalize": "characters"}),
    )


def _date(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class CouponForm(forms.Form):
    """``terms()`` is what make_coupon takes; days are the channel's, from their first moment to their last."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("What people type: letters and digits, in either case."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    kind = forms.ChoiceField(
        label=_("What it takes off"), choices=Coupon.Kind.choices, initial="percent", widget=forms.RadioSelect
    )
    starts = _date(_("First day"))
    ends = _date(_("Last day"))

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = channel.currency
        self.fields["percent"] = CountField(label=_("Percent"), required=self._asks_for("percent"))
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency, required=self._asks_for("amount"))
        self.fields["minimum"] = AmountField(label=_("Goods cost at least"), currency=currency, required=False)
        self.fields["person_limit"] = CountField(label=_("Times for each person"), required=False, initial=1)
        self.fields["total_limit"] = CountField(label=_("Times in all"), required=False)

    def _asks_for(self, kind: str) -> bool:
        """Whether its field must be filled in; before anything is chosen each says so."""
        return not self.is_bound or self["kind"].value() == kind

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name in ("percent", "amount"):
            if name != said.get("kind"):
                self.errors.pop(name, None)  # what was typed before another kind was chosen
                said[name] = None
        return said

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "code": said["code"],
            "kind": said["kind"],
            "percent": said["percent"] or 0,
            "amount_minor": said["amount"] or 0,
            "minimum_minor": said["minimum"] or 0,
            "starts_at": _midnight(said["starts"]) if said["starts"] else None,
            "ends_at": _midnight(said["ends"] + dt.timedelta(days=1)) if said["ends"] else None,
            "person_limit": said["person_limit"],
            "total_limit": said["total_limit"],
        }

    def refuse(self, refusal: Exception) -> None:
        field = getattr(refusal, "field", "")
        self.add_error(field if field in self.fields else None, str(refusal))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
