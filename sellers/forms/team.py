"""Who works for a channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import to_ascii_digits
from sellers.models import Role

GIVEN_ROLES = [Role.MANAGER, Role.AGENT, Role.VIEWER]  # ownership is handed over, not given


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in GIVEN_ROLES])


class AddMemberForm(RoleForm):
    person = forms.CharField(
        label=_("E-mail address or telephone number"),
        max_length=254,
        help_text=_("Of somebody who has signed up already."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off"}),
    )

    field_order = ["person", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"role": Role.AGENT.value})
        super().__init__(*args, **kwargs)

    def clean_person(self) -> str:
        person = str(self.cleaned_data["person"]).strip()
        return person if "@" in person else to_ascii_digits(person)
