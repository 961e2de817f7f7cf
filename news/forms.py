"""Settings of news, and what a browser says about itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import localize_digits
from news.models import HOURS, Rhythm
from news.selectors import Ways

NEVER = ("", gettext_lazy("Never"))


class HourField(forms.TypedChoiceField):
    """A full hour of the person's clocks, written with her digits."""

    def __init__(self, **kwargs: Any) -> None:
        first = [] if kwargs.get("required", True) else [NEVER]
        super().__init__(
            choices=lambda: [*first, *((hour, localize_digits(text)) for hour, text in HOURS)],
            coerce=int,
            empty_value=None,
            **kwargs,
        )


class SettingsForm(forms.Form):
    """``ways`` are one pair of boxes a group: ``email_<group>``, ``push_<group>``."""

    digest = forms.ChoiceField(label=gettext_lazy("E-mails come"), choices=Rhythm.Digest.choices)
    digest_hour = HourField(label=gettext_lazy("Time of the collected e-mail"))
    quiet_from = HourField(label=gettext_lazy("Quiet from"), required=False)
    quiet_until = HourField(label=gettext_lazy("Quiet until"), required=False)

    def __init__(self, data: Any = None, *, ways: list[Ways], rhythm: Rhythm) -> None:
        names = ("digest", "digest_hour", "quiet_from", "quiet_until")
        super().__init__(data, initial={name: getattr(rhythm, name) for name in names})
        self.ways = ways
        for way in ways:
            for name, value, label in (("email", way.email, _("E-mail")), ("push", way.push, _("Push"))):
                self.fields[f"{name}_{way.group}"] = forms.BooleanField(
                    required=False,
                    initial=value,
                    widget=forms.CheckboxInput(attrs={"aria-label": f"{way.group.label}: {label}"}),
                )

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Label, e-mail box and push box of each group."""
        return [(str(way.group.label), self[f"email_{way.group}"], self[f"push_{way.group}"]) for way in self.ways]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (start is None) != (end is None):
            self.add_error(
                "quiet_until" if end is None else "quiet_from", _("Quiet hours need a beginning and an end.")
            )
        elif start is not None and start == end:
            self.add_error("quiet_until", _("Quiet hours that end when they begin are none. Choose another hour."))
        groups = {way.group: (cleaned[f"email_{way.group}"], cleaned[f"push_{way.group}"]) for way in self.ways}
        return {name: cleaned.get(name) for name in ("digest", "digest_hour", "quiet_from", "quiet_until")} | {
            "ways": groups
        }


class SubscriptionForm(forms.Form):
    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
    p256dh = forms.RegexField(r"^[A-Za-z0-9_-]{80,100}=*$", max_length=120)
    auth = forms.RegexField(r"^[A-Za-z0-9_-]{16,40}=*$", max_length=60)


class EndpointForm(forms.Form):
    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
