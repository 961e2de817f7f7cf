"""The days of a channel's holiday."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sellers.models import Channel


class HolidayForm(forms.Form):
    away_on = forms.DateField(
        label=_("Away from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty means from now on."),
    )
    back_on = forms.DateField(
        label=_("Back on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("That morning you sell again, by itself. Empty means until you end it."),
    )
    message = forms.CharField(
        label=_("What people read"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("For example where you are, or when you send again."),
    )

    @classmethod
    def of(cls, channel: Channel) -> "HolidayForm":
        """As it is planned now; its days as the browser's own field reads them."""
        days = {"away_on": channel.away_on, "back_on": channel.back_on}
        written = {name: date.isoformat() for name, date in days.items() if date}
        return cls(initial=written | {"message": channel.holiday_message})
