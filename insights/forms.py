"""Forms of smoke tests and feedback."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core import signing
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import phones
from core.money import to_ascii_digits
from insights.models import Feedback, SmokeField, SmokeTest, SmokeUpload

SALT = "insights.upload"
Kind = SmokeField.Kind


class NumberField(forms.CharField):
    """A number in any digits, with or without separators; the value is its plain text."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        text = to_ascii_digits(super().to_python(value) or "").translate(
            {ord(mark): None for mark in ",٬ \u00a0\u202f"}
        )
        if not text:
            return ""
        try:
            number = Decimal(text.replace("٫", "."))
        except InvalidOperation:
            raise forms.ValidationError(gettext("This is not a number.")) from None
        if not number.is_finite() or abs(number) >= 10**15:
            raise forms.ValidationError(gettext("This is not a number."))
        return f"{number:f}"


class PhoneField(forms.CharField):
    """A telephone number as sign-up takes it; the value is E.164. ``country`` is whose numbers need no code."""

    widget = forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, *, country: str, **options: Any) -> None:
        super().__init__(**options)
        self.country = country

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return phones.normalize(text, self.country) if text else ""
        except phones.NotAPhone as error:
            raise forms.ValidationError(str(error)) from None


def _field(asked: SmokeField, country: str) -> forms.Field:
    options: dict[str, Any] = {"label": asked.label, "required": asked.is_required}
    match asked.kind:
        case Kind.NUMBER:
            return NumberField(**options, max_length=30)
        case Kind.PHONE:
            return PhoneField(**options, country=country, max_length=40)
        case Kind.CHOICE:
            choices = [(str(place), words) for place, words in enumerate(asked.choice_list)]
            return forms.ChoiceField(**options, choices=choices, widget=forms.RadioSelect)
        case Kind.FILE:
            accept = {"accept": "image/jpeg,image/png,image/webp,application/pdf"}
            hint = _("A picture, or a PDF of at most 5 MB. Only our staff see it.")
            return forms.FileField(**options, help_text=hint, widget=forms.FileInput(attrs=accept))
        case _:
            return forms.CharField(**options, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ApplyForm(forms.Form):
    """The questions of a smoke test. ``who`` names the visitor, so that nobody shows a file of somebody else's.

    A file that came with an earlier try is kept in ``kept`` by its question, and named to the browser by a signed token.
    """

    def __init__(self, *args: Any, smoke: SmokeTest, country: str, who: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.smoke, self.who = smoke, who
        self.asked = {field.key: field for field in smoke.fields.order_by("position", "pk")}
        self.fields = {key: _field(field, country) for key, field in self.asked.items()}
        self.kept: dict[str, SmokeUpload] = {}
        for key, field in self.asked.items():
            if field.kind == Kind.FILE and (upload := self._find(key)):
                self.keep(key, upload)

    def _find(self, key: str) -> SmokeUpload | None:
        try:
            pk, who = signing.loads(self.data.get(f"{key}_kept", ""), salt=SALT, max_age=86400)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        rows = SmokeUpload.objects.filter(pk=pk, test=self.smoke, field_key=key, applicant=None)
        return rows.first() if who == self.who else None

    def keep(self, key: str, upload: SmokeUpload) -> None:
        """The question has its file from now on."""
        self.kept[key] = upload
        self.initial[key] = upload

    def rows(self) -> list[tuple[BoundField, SmokeUpload | None, str]]:
        """Each question with the file kept for it and the token that names it."""
        found = []
        for key in self.asked:
            upload = self.kept.get(key)
            found.append((self[key], upload, signing.dumps([upload.pk, self.who], salt=SALT) if upload else ""))
        return found

    @property
    def answers(self) -> dict[str, str]:
        """By the questions' keys; files are not among them."""
        return {
            key: self.cleaned_data[key]
            for key, field in self.asked.items()
            if field.kind != Kind.FILE and self.cleaned_data[key]
        }


FACES = {1: "angry", 2: "frown", 3: "meh", 4: "smile", 5: "laugh"}


class TellForm(forms.Form):
    """``is_known`` for people, whom an answer reaches by news."""

    mood = forms.TypedChoiceField(
        label=_("How is it?"), choices=Feedback.Mood.choices, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact = forms.EmailField(label=_("E-mail, if you want an answer"), required=False, max_length=254)
    page = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_known:
            del self.fields["contact"]

    def faces(self) -> list[tuple[Any, str]]:
        """Each radio button with the icon of its face."""
        return [(radio, FACES[int(radio.data["value"])]) for radio in self["mood"]]


class AnswerForm(forms.Form):
    words = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
