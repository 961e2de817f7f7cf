"""What a person says about herself and what she agrees to."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import clean_name
from accounts.models import User
from core.markets import MARKETS


class ChoicesForm(forms.Form):
    picks = forms.BooleanField(
        label=gettext_lazy("Picks for you"),
        required=False,
        help_text=gettext_lazy(
            "What you look at, save and buy decides what you are shown."
            " Without it you see what is popular, and what was kept for it is deleted."
        ),
    )
    measuring = forms.BooleanField(
        label=gettext_lazy("Measuring"),
        required=False,
        help_text=gettext_lazy(
            "How long pages are in use and what led to them, so that we know what to make better. Only totals are looked at."
        ),
    )

    def declined(self) -> list[str]:
        return [name for name, is_given in self.cleaned_data.items() if not is_given]


class ProfileForm(forms.ModelForm):
    picture = forms.FileField(
        label=gettext_lazy("Your picture"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 15 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    class Meta:
        model = User
        fields = ["display_name", "language", "market"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = True
        self.fields["display_name"].label = _("Your name")
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        markets = [(market.code, market.name) for market in MARKETS.values()]
        self.fields["market"] = forms.ChoiceField(
            label=_("Market"), choices=markets, help_text=_("Decides which shops and which currency you see.")
        )
        if self.instance.avatar_id is None:
            del self.fields["remove_picture"]

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])
