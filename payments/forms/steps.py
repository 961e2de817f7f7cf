"""The forms of the steps of a request; most ask for nothing but a yes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.forms.base import VersionedForm
from payments.forms.coupons import code_field
from payments.models import RefundRequest
from sellers.forms.fields import AmountField


def _text(label: Any, limit: int, *, required: bool = False, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class StepForm(VersionedForm):
    """A step that asks for nothing. ``words()`` is what its service takes besides request, person and key."""

    takes_photos = False

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def words(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "version")}


class ReasonForm(StepForm):
    reason = _text(_("Why"), 500, help_text=_("The other side reads it."))


class CodeForm(StepForm):
    code = code_field(required=True)

    def refuse(self, refusal: Exception) -> None:
        is_code = getattr(refusal, "field", "") == "coupon"
        self.add_error("code" if is_code else None, str(refusal))


class ShipForm(StepForm):
    carrier = forms.CharField(
        label=_("Carrier"), required=False, max_length=60, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    tracking = forms.CharField(
        label=_("Tracking number"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )


class AmountStepForm(StepForm):
    """A part of the money that is held."""

    note = _text(_("A word with it"), 500)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.fields["amount"] = AmountField(label=_("How much"), currency=currency)
        self.order_fields(["amount", "note"])

    def words(self) -> dict[str, Any]:
        return {"amount_minor": self.cleaned_data["amount"], "note": self.cleaned_data["note"]}


class AskRefundForm(StepForm):
    takes_photos = True
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=RefundRequest.Reason.choices, widget=forms.RadioSelect
    )
    text = _text(_("What happened"), 2000, rows=4)


class EscalateForm(StepForm):
    reason = _text(_("Why staff should look at it"), 2000, rows=4)


class EvidenceForm(StepForm):
    takes_photos = True
    text = _text(_("What happened"), 4000, required=True, rows=6)


STEP_FORMS: dict[str, type[StepForm]] = {
    "apply_coupon": CodeForm,
    "cancel": ReasonForm,
    "decline": ReasonForm,
    "ship": ShipForm,
    "refund": ReasonForm,
    "offer_refund": AmountStepForm,
    "ask_refund": AskRefundForm,
    "escalate": EscalateForm,
    "add_evidence": EvidenceForm,
}
