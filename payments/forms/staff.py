"""The forms of staff: what they decide about money, and why."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.fees import Parts, share_out
from payments.forms.base import KeyedForm
from payments.models import Dispute, MoneyRequest
from payments.models.ledger import CURRENCIES
from payments.services import REFERENCE_LENGTH
from sellers.forms.fields import AmountField

Decision = Dispute.Decision


def _why(label: Any, limit: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))


class DecisionForm(KeyedForm):
    """Who gets what is held for a request. ``parts`` says it in minor units, for valid forms."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=Decision.choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    reason = _why(gettext_lazy("Why (both sides read it)"), 2000)

    def __init__(self, *args: Any, request: MoneyRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["amount"] = AmountField(
            label=gettext_lazy("To the buyer, if each gets a part"), currency=request.currency, required=False
        )
        self.fields["amount"].help_text = self.fields["amount"].unit  # type: ignore[attr-defined]
        self.order_fields(["decision", "amount", "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_split = data.get("decision") == Decision.SPLIT and "amount" not in self.errors
        if is_split and not 1 <= (data.get("amount") or 0) < self.request.held_minor:
            self.add_error("amount", _("Each must get a part of what is held."))
        return data

    def words(self) -> dict[str, Any]:
        """What payments.services.propose_decision takes besides dispute and person; for valid forms."""
        data = self.cleaned_data
        part = data["amount"] if data["decision"] == Decision.SPLIT else 0
        return {
            "decision": data["decision"],
            "to_buyer_minor": part,
            "reason": data["reason"],
            "key": self.sent_key,
        }

    @property
    def parts(self) -> Parts:
        request, words = self.request, self.words()
        part = request.held_minor if words["decision"] == Decision.REFUND else words["to_buyer_minor"]
        return share_out(request.held_minor, to_buyer=part, basis_points=request.fee_basis_points)


class RejectForm(KeyedForm):
    reason = _why(gettext_lazy("Why it goes back"), 2000)


class ChargeBackForm(forms.Form):
    reference = forms.CharField(
        label=gettext_lazy("The provider’s number of the charge-back"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    reason = _why(gettext_lazy("What the provider says"), 500)


class SettlementForm(forms.Form):
    """Both amounts are in the currency chosen; cleans to ``amount_minor`` and ``cost_minor``."""

    provider = forms.ChoiceField(label=gettext_lazy("Provider"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=CURRENCIES)
    gross = forms.CharField(
        label=gettext_lazy("What it collected"), max_length=24, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    fee = forms.CharField(
        label=gettext_lazy("What it kept as its fee"), max_length=24, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    reference = forms.CharField(
        label=gettext_lazy("The provider’s number of this payment"),
        max_length=REFERENCE_LENGTH,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [(name, name) for name in settings.PAYMENT_PROVIDERS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, minor in (("gross", "amount_minor"), ("fee", "cost_minor")):
            if name in data and "currency" in data:
                try:
                    data[minor] = AmountField(currency=data["currency"]).clean(data[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return data

    def words(self) -> dict[str, Any]:
        """What payments.services.record_settlement takes besides the person."""
        return {
            name: self.cleaned_data[name]
            for name in ("provider", "currency", "amount_minor", "cost_minor", "reference")
        }
