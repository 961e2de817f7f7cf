"""Forms by which staff write a smoke test: words in each of the shop's languages, no column for any of them."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lucide import IconDoesNotExist

from core import icons, pictures
from insights.models import SmokeField, SmokePage, SmokeTest

LONG = {"rows": 3, "cols": 60}


class SmokeTestForm(forms.ModelForm):
    slots = forms.MultipleChoiceField(
        label=_("where it is entered"), choices=SmokeTest.Slot.choices, widget=forms.CheckboxSelectMultiple
    )
    upload = forms.FileField(label=_("New picture"), required=False)

    class Meta:
        model = SmokeTest
        fields = (
            *("name", "slug", "service", "icon", "target", "slots", "threshold_percent", "min_visitors"),
            *("starts_at", "ends_at"),
        )

    def clean_icon(self) -> str:
        name: str = self.cleaned_data["icon"]
        try:
            icons.lines(name)
        except IconDoesNotExist:
            raise forms.ValidationError(gettext("There is no such icon.")) from None
        return name

    def clean(self) -> dict[str, Any]:
        """A picture that cannot be read is the form's problem, not a broken page."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("upload") and not self.errors:
            try:
                self.instance.picture = pictures.add_picture(cleaned["upload"])
            except pictures.NotAPicture as error:
                self.add_error("upload", str(error))
        return cleaned


class SmokePageForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)

    class Meta:
        model = SmokePage
        fields = ("language", "headline", "promise", "points", "button")
        widgets = {"promise": forms.Textarea(attrs=LONG), "points": forms.Textarea(attrs=LONG)}


class SmokeFieldForm(forms.ModelForm):
    """A label in each language, and for a choice its choices, one on each line."""

    class Meta:
        model = SmokeField
        fields = ("key", "kind", "is_required", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            label = gettext("Label ({language})").format(language=language)
            self.fields[f"label_{code}"] = forms.CharField(
                label=label, max_length=120, initial=self.instance.labels.get(code, "")
            )
        for code, language in settings.LANGUAGES:
            label = gettext("Choices, one on each line ({language})").format(language=language)
            lines = "\n".join(self.instance.choices.get(code, []))
            box = forms.Textarea(attrs=LONG)
            self.fields[f"choices_{code}"] = forms.CharField(label=label, required=False, initial=lines, widget=box)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        codes = [code for code, _language in settings.LANGUAGES]
        said = {code: _lines(cleaned.get(f"choices_{code}", "")) for code in codes}
        lengths = {len(lines) for lines in said.values()}
        if cleaned.get("kind") == SmokeField.Kind.CHOICE and (len(lengths) > 1 or min(lengths) < 2):
            self.add_error(f"choices_{codes[0]}", gettext("The same two or more choices in each language."))
        self.instance.labels = {code: cleaned.get(f"label_{code}", "") for code in codes}
        self.instance.choices = said if cleaned.get("kind") == SmokeField.Kind.CHOICE else {}
        return cleaned


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
