"""The form of a webhook."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sellers.models import Hook


class HookForm(forms.Form):
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=Hook.Event.choices,
        initial=list(Hook.Event.values),
        widget=forms.CheckboxSelectMultiple,
    )
