"""What visitors fill in at the buyer's front."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import phones, sms
from sellers.models import Variant


class AlertForm(forms.Form):
    """Which of the variants, if there are any; of a guest where she can be told: cleans to ``email`` or ``phone``."""

    variant = forms.TypedChoiceField(
        label=gettext_lazy("Which one"), required=False, coerce=int, empty_value=None, choices=[]
    )
    contact = forms.CharField(max_length=254)

    def __init__(
        self, data: Any = None, *, variants: Sequence[Variant], is_guest: bool, country: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.country, self.by_phone = country, sms.is_offered()
        if variants:
            named = [(variant.pk, str(variant)) for variant in variants]
            self.fields["variant"].choices = [("", _("Any of them")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["variant"]
        if is_guest:
            contact = self.fields["contact"]
            contact.label = _("E-mail address or mobile number") if self.by_phone else _("E-mail address")
            kind = "text" if self.by_phone else "email"
            contact.widget = forms.TextInput(attrs={"type": kind, "dir": "ltr", "autocomplete": "email"})
        else:
            del self.fields["contact"]

    def clean_contact(self) -> dict[str, str]:
        contact = str(self.cleaned_data["contact"]).strip()
        if "@" in contact or not self.by_phone:
            validate_email(contact)
            return {"email": contact.lower()}
        try:
            return {"phone": phones.normalize(contact, self.country)}
        except phones.NotAPhone as error:
            raise forms.ValidationError(str(error)) from None
