"""What a channel writes to get ads on credit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ads import services as ads
from ads.models import CreditApplication
from core.templatetags.bisat import percent
from sellers.forms.fields import AmountField
from sellers.models import Channel


def _area(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit, "dir": "auto"})


class CreditForm(forms.Form):
    """Everything may be missing in a draft (``do=save``); services have the last word when it is sent."""

    purpose = forms.CharField(
        label=_("What do you want to advertise?"), required=False, max_length=1000, widget=_area(4, 1000),
        help_text=_("Which products, for whom, and what you expect of it."),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=20,
        help_text=_("Should staff have a question."), widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )  # fmt: skip
    share_percent = forms.TypedChoiceField(
        label=_("Share of each released payment that may repay what is due"), coerce=int, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("Your answer to staff"), required=False, max_length=1000, widget=_area(4, 1000)
    )  # fmt: skip
    consents = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, channel: Channel, application: CreditApplication | None, **kwargs: Any
    ) -> None:  # fmt: skip
        kwargs["initial"] = _start(channel, application)
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("How much may you owe at once?"), currency=channel.currency)
        self.fields["share_percent"].choices = [(n, percent(n / 100)) for n in ads.SHARES]  # type: ignore[attr-defined]
        self.fields["consents"].label = _("I have read this and agree to it for the channel.")
        if not application or application.status != CreditApplication.Status.MORE_ASKED:
            del self.fields["answer"]
        for name in {"amount", "purpose", "answer"} & set(self.fields):
            self.fields[name].required = self.data.get("do") != "save"
        self.order_fields(["answer", "amount", "purpose", "phone", "share_percent", "consents"])

    def typed(self) -> dict[str, Any]:
        """What could be read, as save_draft takes it; what could not be stays as it was in the draft."""
        self.is_valid()
        data = {name: value for name, value in self.cleaned_data.items() if name != "consents"}
        if "amount" in data:
            data["amount_minor"] = data.pop("amount")
        return data

    def refuse(self, refusal: Exception) -> None:
        """Puts what a service refused beside its field, if it names one."""
        field = getattr(refusal, "field", "")
        self.add_error(field if field in self.fields else None, str(refusal))


def _start(channel: Channel, application: CreditApplication | None) -> dict[str, Any]:
    """What the draft says, or else what is known of the channel."""
    if application is None:
        return {"phone": channel.public_phone, "purpose": channel.tagline, "share_percent": 20}
    names = ("purpose", "phone", "share_percent", "answer")
    return {name: getattr(application, name) for name in names} | {"amount": application.amount_minor}
