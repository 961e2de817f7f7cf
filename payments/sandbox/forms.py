"""What the program asks the sandbox for, and what the buyer chooses there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import DECIMALS, MAX_MINOR
from payments.sandbox.models import SandboxPayment


class CreateForm(forms.Form):
    reference = forms.SlugField(max_length=64)
    amount_minor = forms.IntegerField(min_value=1, max_value=MAX_MINOR)
    currency = forms.ChoiceField(choices=[(code, code) for code in DECIMALS])
    description = forms.CharField(required=False)
    return_url = forms.CharField(max_length=2000)
    notify_url = forms.CharField(max_length=2000, required=False)


class RefundForm(forms.Form):
    token = forms.CharField(max_length=32)
    amount_minor = forms.IntegerField(min_value=1, max_value=MAX_MINOR)
    key = forms.CharField(max_length=255)


class DecisionForm(forms.Form):
    PAY, DECLINE = "pay", "decline"

    decision = forms.ChoiceField(choices=[(PAY, PAY), (DECLINE, DECLINE)])
    faults = forms.MultipleChoiceField(
        label=_("What goes wrong"),
        choices=SandboxPayment.Fault.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
