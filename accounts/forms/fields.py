"""Fields, labels and refusals that several of these forms share."""

from typing import Any

from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, phones, sms
from core.limits import TooMany
from core.money import to_ascii_digits

CODE_ATTRS = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "dir": "ltr",
    "maxlength": "12",
    "autofocus": True,
}
NAME_ATTRS = {"autocapitalize": "none", "spellcheck": "false", "dir": "ltr", "maxlength": "254"}
TURNERS = {chr(point) for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
PASSWORD_HELP = gettext_lazy("At least 10 characters. Three or four words that do not belong together are good.")


def clean_name(text: str) -> str:
    """A name on one line, without characters that turn the text around them (joiners of Persian stay)."""
    return " ".join("".join(letter for letter in text if letter not in TURNERS and letter >= " ").split())


def refuse(refused: TooMany, words: str) -> ValidationError:
    """The error of a field or form that came too often; the page leaves with status 429."""
    limits.mark(context.request, refused.seconds)
    return ValidationError(f"{words} {limits.wait(refused.seconds)}", code="locked")


def room_for_code(target: str) -> None:
    try:
        limits.refuse_code(target)
    except TooMany as refused:
        raise refuse(refused, _("We have sent too many codes there.")) from None


class PhoneField(forms.CharField):
    """A mobile number, typed as people do; the value is +4915112345678."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Mobile number"))
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"})
        )
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return phones.normalize(text, phones.country_of(context.request))
        except phones.NotAPhone as error:
            raise ValidationError(str(error), code="invalid_phone") from None


class CodeField(forms.CharField):
    """A code as it was sent: digits of any alphabet, spaces forgiven."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Code"))
        super().__init__(max_length=24, widget=forms.TextInput(attrs=CODE_ATTRS), **kwargs)

    def to_python(self, value: Any) -> str:
        return "".join(to_ascii_digits(super().to_python(value) or "").split())


class Plain:
    """allauth's fields in our words: labels of ours, no placeholders, one password field."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields: dict[str, forms.Field]
        self.fields.pop("password2", None)
        if "code" in self.fields:
            self.fields["code"] = CodeField(label=self.fields["code"].label)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = PASSWORD_HELP if name == "password1" else ""
        if "email" in self.fields:
            self.fields["email"].widget.attrs.update(NAME_ATTRS | {"inputmode": "email"})


PASSWORD = {"password": gettext_lazy("Password"), "password1": gettext_lazy("Password")}
NEW_PASSWORD = {"oldpassword": gettext_lazy("Current password"), "password1": gettext_lazy("New password")}
CODE = {"code": gettext_lazy("Code")}
EMAIL = {"email": gettext_lazy("E-mail address")}


def name_field(**kwargs: Any) -> forms.CharField:
    """One field for an e-mail address or, where text messages can be sent, a mobile number."""
    label = gettext_lazy("E-mail or mobile number") if sms.is_offered() else gettext_lazy("E-mail address")
    attrs = NAME_ATTRS | {"autocomplete": "username", "inputmode": "email"}
    return forms.CharField(label=label, max_length=254, widget=forms.TextInput(attrs=attrs), **kwargs)


def parse_name(text: str) -> tuple[str, str]:
    """What was typed as ("email", address) or ("phone", number). Raises ValidationError."""
    plain = to_ascii_digits(text).strip()
    if "@" in plain or not any(letter.isdigit() for letter in plain):
        try:
            validate_email(plain.lower())
        except ValidationError:
            raise ValidationError(_("Write an e-mail address like name@example.com."), code="invalid") from None
        return "email", plain.lower()
    try:
        return "phone", phones.normalize(plain, phones.country_of(context.request))
    except phones.NotAPhone as error:
        raise ValidationError(str(error), code="invalid") from None
