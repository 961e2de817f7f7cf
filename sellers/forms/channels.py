"""Opening a channel, and its settings."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import markets
from core.money import to_ascii_digits
from sellers.models import Channel
from sellers.models.channels import HUES

_PERSIAN = dict(
    zip(
        "آابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهیيئءأؤة",
        [
            "a",
            "a",
            "b",
            "p",
            "t",
            "s",
            "j",
            "ch",
            "h",
            "kh",
            "d",
            "z",
            "r",
            "z",
            "zh",
            "s",
            "sh",
            "s",
            "z",
            "t",
            "z",
            "a",
            "gh",
            "f",
            "gh",
            "k",
            "k",
            "g",
            "l",
            "m",
            "n",
            "o",
            "h",
            "i",
            "i",
            "i",
            ".",
            "a",
            "o",
            "e",
        ],
        strict=True,
    )
)


def suggest_handle(name: str) -> str:
    """A handle made of the name's letters; empty when it has none we can write in a–z."""
    latin = "".join(_PERSIAN.get(letter, letter) for letter in to_ascii_digits(name).replace("\u200c", " "))
    plain = unicodedata.normalize("NFKD", latin.replace(".", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain.replace("'", "").replace("&", " and ")).strip("_")[:30].strip("_")


def _limit(name: str) -> int:
    return int(getattr(Channel._meta.get_field(name), "max_length", 0))


def _text(name: str, label: Any, *, required: bool = True, help_text: Any = "", area: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"}) if area else forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(label=label, max_length=_limit(name), required=required, help_text=help_text, widget=widget)


class HueField(forms.TypedChoiceField):
    """One of twelve colors; drawn as dots by sellers/_hue_picker.html."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(number, str(number)) for number in range(HUES)]
        super().__init__(choices=choices, coerce=int, widget=forms.RadioSelect, **kwargs)


class ChannelFields(forms.Form):
    """What both the opening and the settings ask for."""

    name = _text("name", _("Name of the channel"), help_text=_("As people will say it, for example “Saffron & Clay”."))
    tagline = _text("tagline", _("What it sells"), help_text=_("One sentence; it stands under the name."))
    city = _text("city", _("City"), help_text=_("Where your things are sent from."))
    language = forms.ChoiceField(
        label=_("Language of your posts"),
        choices=settings.LANGUAGES,
        help_text=_("What your followers read; the desk speaks your own."),
    )
    hue = HueField(label=_("Color of the channel"), help_text=_("It tints the cover and places without a picture."))

    field_order = ["name", "handle", "tagline", "city", "language", "market", "hue"]


class OpenChannelForm(ChannelFields):
    handle = forms.CharField(
        label=_("Address"),
        max_length=31,
        help_text=_("3 to 30 letters a–z, digits and underscores. It can’t be changed once the channel is open."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    market = forms.ChoiceField(label=_("Where do you sell?"), choices=markets.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handle"].unit = "@"  # type: ignore[attr-defined]
        self.fields["handle"].error_messages["required"] = _("Choose an address; here is one made of the name.")
        if self.is_bound and not str(self.data.get("handle", "")).strip():
            self.data = {**dict(self.data.items()), "handle": suggest_handle(str(self.data.get("name", "")))}
            self._handle_was_empty = True

    _handle_was_empty = False

    def clean_handle(self) -> str:
        """The person sees an address before it is hers for good: one we made up comes back once to be looked at."""
        if self._handle_was_empty:
            raise forms.ValidationError(self.fields["handle"].error_messages["required"])
        return str(self.cleaned_data["handle"]).strip().removeprefix("@").lower()


class SettingsForm(ChannelFields):
    about = _text("about", _("About"), required=False, area=True, help_text=_("Who you are, how you work."))
    public_email = forms.EmailField(label=_("Public e-mail"), required=False)
    public_phone = forms.CharField(
        label=_("Public telephone"),
        required=False,
        max_length=_limit("public_phone"),
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    public_link = forms.URLField(
        label=_("Public link"), required=False, assume_scheme="https", widget=forms.URLInput(attrs={"dir": "ltr"})
    )
    delivery = _text(
        "delivery", _("Delivery"), required=False, area=True, help_text=_("How, where to, how long, how much.")
    )
    returns = _text(
        "returns", _("Returns"), required=False, area=True, help_text=_("How long, and who pays the way back.")
    )

    @classmethod
    def of(cls, channel: Channel) -> "SettingsForm":
        return cls(initial={name: getattr(channel, name) for name in cls.base_fields})

    def clean_public_phone(self) -> str:
        return to_ascii_digits(self.cleaned_data["public_phone"])
