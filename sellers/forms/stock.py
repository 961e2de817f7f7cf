"""Thresholds of what runs low."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sellers.forms.fields import CountField


class LowStockForm(forms.Form):
    """``product`` or ``variant`` say whose; without both it is the channel's."""

    low_stock = CountField(label=_("Low from"), required=False)
    product = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    variant = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
