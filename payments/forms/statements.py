"""Which days a statement covers."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.selectors import STATEMENT_DAYS


class PeriodForm(forms.Form):
    """``first`` and ``last`` day, both counted; at most a year."""

    first = forms.DateField(label=_("From day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To day"), widget=forms.DateInput(attrs={"type": "date"}))

    @classmethod
    def of_last_month(cls) -> "PeriodForm":
        today = timezone.localdate()
        return cls(initial={"first": today - dt.timedelta(days=29), "last": today})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day comes before the first."))
        elif first and last and (last - first).days >= STATEMENT_DAYS:
            self.add_error("last", _("A statement covers a year at most."))
        return data

    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first day's beginning to the last day's end on the clock in use."""
        zone = timezone.get_current_timezone()
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        start = dt.datetime.combine(first, dt.time(), zone)
        return start, dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
