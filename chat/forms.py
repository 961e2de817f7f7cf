"""What people send: messages, what they buy, reports, and a team's settings of its inbox."""

import datetime as dt
import secrets
from typing import Any, NamedTuple

from babel.dates import get_day_names
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.models import Label, OfficeHours, Report, SavedReply
from chat.models.messages import MAX_TEXT
from core.money import babel_locale
from payments import services as payments
from payments.forms import AddressForm, KeyedForm, Thing, code_field, things_of
from payments.models import Address
from sellers.forms.fields import CountField
from sellers.models import Product, Variant
from sellers.models.channels import HUES

NEW = "new"  # the address is written on the spot


def new_client_id() -> str:
    return secrets.token_hex(16)


class MessageForm(forms.Form):
    """``client_id`` makes a second send of the same form harmless; ``after`` is the last message the page shows."""

    text = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 1, "dir": "auto", "enterkeyhint": "send", "autocomplete": "off"}),
    )
    client_id = forms.CharField(max_length=40, initial=new_client_id, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
    product = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class TypedCode(NamedTuple):
    """A coupon's code as typed: what it takes off, or why it takes nothing off."""

    code: str
    off_minor: int = 0
    why: str = ""


class BuyForm(KeyedForm):
    """How a shopper wants a thing; ``thing`` is a payments.forms.Thing's token, ``address`` NEW or a saved one's key.

    With ``is_sum_only`` nothing is checked: the form is as typed, and its sum is shown.
    """

    coupon = code_field(required=False)
    address = forms.ChoiceField(
        label=_("Where to"), widget=forms.RadioSelect, error_messages={"required": _("Say where to send it.")}
    )

    def __init__(
        self,
        data: Any = None,
        *,
        product: Product,
        person: User,
        addresses: list[Address],
        start: dict[str, str],
        variant: int | None = None,
        is_sum_only: bool = False,
    ) -> None:
        self.things = {thing.token: thing for thing in things_of(product)}
        wanted = f"{product.pk}-{variant}"
        chosen = wanted if wanted in self.things else next(iter(self.things), "")
        saved = {str(address.pk): address for address in addresses}
        initial = {"thing": chosen, "quantity": 1, "coupon": "", "address": next(iter(saved), NEW)}
        if data is not None and is_sum_only:
            initial |= {name: data[name] for name in ("key", *initial) if name in data}
            start |= {name: data[f"to-{name}"] for name in Address.FIELDS if f"to-{name}" in data}
            data = None
        super().__init__(data, initial=initial)
        self.channel, self.person = product.channel, person
        self.fields["thing"] = forms.ChoiceField(label=_("Which one"), choices=[(name, name) for name in self.things])
        self.fields["quantity"] = CountField(label=_("How many"))
        self.fields["address"].choices = [(name, name) for name in (*saved, NEW)]  # type: ignore[attr-defined]
        self.saved, self.currency, self.is_sum_only = saved, product.currency, is_sum_only
        is_new = data is not None and data.get("address") == NEW
        self.new_address = AddressForm(data if is_new else None, initial=start, prefix="to")

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.new_address.is_bound or self.new_address.is_valid())

    @property
    def chosen(self) -> Thing | None:
        return self.things.get(str(self["thing"].value()))

    @property
    def price_minor(self) -> int | None:
        """The price as typed so far, before a code; None for what is no number."""
        try:
            quantity = self.fields["quantity"].clean(self["quantity"].value())
        except forms.ValidationError:
            return None
        return self.chosen.price_minor * quantity if self.chosen and quantity else None

    @cached_property
    def code(self) -> "TypedCode":
        """What the code as typed does to the price."""
        code, price = str(self["coupon"].value() or "").strip(), self.price_minor
        if not code or price is None:
            return TypedCode(code)
        try:
            off = payments.check_coupon(channel=self.channel, person=self.person, code=code, goods_minor=price)
        except payments.CouponRefused as refusal:
            return TypedCode(code, why=str(refusal))
        return TypedCode(code, off)

    @property
    def total_minor(self) -> int | None:
        """What would be paid as typed so far."""
        return None if self.price_minor is None else self.price_minor - self.code.off_minor

    def order(self) -> dict[str, Any]:
        """What chat.services.buy takes beside the product; for valid forms."""
        _product, _dash, variant = self.cleaned_data["thing"].partition("-")
        saved = self.saved.get(self.cleaned_data["address"])
        return {
            "variant": Variant.objects.get(pk=variant) if variant else None,
            "quantity": self.cleaned_data["quantity"],
            "coupon_code": self.cleaned_data["coupon"],
            "address": saved.as_json() if saved else self.new_address.words(),
        }


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Reason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Tell us more"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class ConversationReportForm(ReportForm):
    """One may hand a message of the other side over to staff, who see none without that."""

    message = forms.TypedChoiceField(label=_("Show staff a message"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, messages: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].choices = [("", _("None: only tell about the other side")), *messages]  # type: ignore[attr-defined]


class LabelForm(forms.ModelForm):
    hue = forms.TypedChoiceField(
        label=_("Color"), coerce=int, choices=[(hue, hue + 1) for hue in range(HUES)], initial=0
    )

    class Meta:
        model = Label
        fields = ("name", "hue")


class SavedReplyForm(forms.ModelForm):
    class Meta:
        model = SavedReply
        fields = ("title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}


class OfficeHoursForm(forms.ModelForm):
    days = forms.TypedMultipleChoiceField(
        label=_("Days"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = OfficeHours
        fields = ("is_on", "days", "opens_at", "closes_at", "text")
        widgets = {
            "opens_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "text": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = get_day_names("wide", locale=babel_locale())
        self.fields["days"].choices = [(number, names[number]) for number in range(7)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens: dt.time | None = cleaned.get("opens_at")
        if opens and opens == cleaned.get("closes_at"):
            self.add_error("closes_at", _("Choose another time than the one it begins at."))
        if cleaned.get("is_on") and not str(cleaned.get("text", "")).strip():
            self.add_error("text", _("Write what shoppers are answered."))
        return cleaned
