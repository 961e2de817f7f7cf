"""How to pay, and where to send what is paid for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.forms.base import VersionedForm
from payments.models import Address

WALLET = "wallet"
KEPT = "kept"  # the address that was given already


class PayForm(VersionedForm):
    """``way`` is the wallet or a provider's name; ``address`` is KEPT or the number of a saved one."""

    address = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect, required=False)
    way = forms.ChoiceField(
        label=_("Pay by"), widget=forms.RadioSelect, error_messages={"required": _("Choose how to pay.")}
    )

    def __init__(
        self, *args: Any, ways: list[str], addresses: list[Address], needs_address: bool, has_kept: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = {str(address.pk): address for address in addresses}
        self.fields["way"].choices = [(way, way) for way in ways]  # type: ignore[attr-defined]
        kept = [(KEPT, KEPT)] if has_kept else []
        self.fields["address"].choices = [*kept, *((pk, pk) for pk in self.addresses)]  # type: ignore[attr-defined]
        self.fields["address"].required = needs_address
        self.fields["address"].error_messages["required"] = _("Say where to send it.")

    @property
    def chosen_address(self) -> Address | None:
        """The saved address that was chosen; None for the one given already."""
        return self.addresses.get(self.cleaned_data["address"])
