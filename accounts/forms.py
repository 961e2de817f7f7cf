"""Forms of signing up, signing in and looking after an account: allauth's, in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, phones, sms
from accounts.models import User
from core.limits import TooMany
from core.markets import MARKETS
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


def _clean_name(text: str) -> str:
    """A name on one line, without characters that turn the text around them (joiners of Persian stay)."""
    return " ".join("".join(letter for letter in text if letter not in TURNERS and letter >= " ").split())


def _refuse(refused: TooMany, words: str) -> ValidationError:
    """The error of a field or form that came too often; the page leaves with status 429."""
    limits.mark(context.request, refused.seconds)
    return ValidationError(f"{words} {limits.wait(refused.seconds)}", code="locked")


def _room_for_code(target: str) -> None:
    try:
        limits.refuse_code(target)
    except TooMany as refused:
        raise _refuse(refused, _("We have sent too many codes there.")) from None


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


def _name_field(**kwargs: Any) -> forms.CharField:
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


class LoginForm(Plain, allauth_forms.LoginForm):
    labels = PASSWORD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": _name_field(), "password": self.fields["password"]}
        self.fields["login"].label = gettext_lazy("E-mail or mobile number")

    def clean_login(self) -> str:
        """The name in the form it is kept; what is neither stays as typed and will not match anybody."""
        try:
            return parse_name(self.cleaned_data["login"])[1]
        except ValidationError:
            return str(self.cleaned_data["login"]).strip()


class SignupForm(Plain, allauth_forms.SignupForm):
    """One required field takes the e-mail address or the number: that is how SIGNUP_FIELDS' `email*` is met."""

    labels = PASSWORD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = forms.CharField(label=gettext_lazy("Your name"), max_length=60)
        name.help_text = gettext_lazy("Others see it. A first name is enough.")
        name.widget.attrs["autocomplete"] = "name"
        contact = _name_field(help_text=gettext_lazy("We send a code there."))
        password = self.fields["password1"]
        password.widget.render_value = True  # a bounced form loses nothing; the page is not kept by browsers
        self.fields = {"contact": contact, "display_name": name, "password1": password}

    def clean_display_name(self) -> str:
        return _clean_name(self.cleaned_data["display_name"])

    def clean_contact(self) -> str:
        kind, value = parse_name(self.cleaned_data["contact"])
        if kind == "phone" and not sms.is_offered():
            raise ValidationError(_("Write an e-mail address like name@example.com."), code="invalid")
        _room_for_code(value)
        self.cleaned_data[kind] = self.validate_unique_email(value) if kind == "email" else value
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                limits.sign_up(context.request)
            except TooMany as refused:
                raise _refuse(refused, _("Many accounts were opened from your network.")) from None
        return cleaned


class AddEmailForm(Plain, allauth_forms.AddEmailForm):
    labels = EMAIL

    def clean_email(self) -> str:
        email = super().clean_email()
        _room_for_code(email)
        return email


class ChangeEmailForm(Plain, allauth_forms.ChangeEmailForm):
    labels = EMAIL


class ChangePhoneForm(allauth_forms.ChangePhoneForm):
    def clean_phone(self) -> str:
        if not sms.is_offered():
            raise ValidationError(_("We cannot send text messages at the moment."), code="no_sms")
        phone = super().clean_phone()
        _room_for_code(phone)
        return phone


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    labels = NEW_PASSWORD

    def clean_oldpassword(self) -> str:
        """Whoever found a device unlocked guesses no more often than at the door."""
        account = f"person-{self.user.pk}"
        try:
            limits.try_password(account)
        except TooMany as refused:
            raise _refuse(refused, _("This account is locked after too many wrong passwords.")) from None
        password: str = super().clean_oldpassword()
        limits.forgive(account)
        return password


class SetPasswordForm(Plain, allauth_forms.SetPasswordForm):
    labels = NEW_PASSWORD


class ResetPasswordKeyForm(Plain, allauth_forms.ResetPasswordKeyForm):
    labels = NEW_PASSWORD


class PhoneResetProcess(PasswordResetVerificationProcess):
    """allauth resets by e-mail; ours sends the same code to a telephone, kept where the address would be."""

    def send(self) -> None:
        phone = self.state["email"]
        if not self.user:
            get_adapter().send_unknown_account_sms(phone)
            return
        self.state["code"] = get_adapter().generate_password_reset_code()
        get_adapter().send_password_reset_sms(phone, self.code)

    @classmethod
    def initiate(cls, *, request: HttpRequest, user: User | None, email: str) -> "PhoneResetProcess":
        """As allauth's, which would make one of its own kind."""
        process = cls(request, state=cls.initial_state(user, email), user=user)
        process.send()
        process.persist()
        return process


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = _name_field()

    def clean_email(self) -> str:
        self.kind, value = parse_name(self.cleaned_data["email"])
        _room_for_code(value)
        if self.kind == "email":
            self.users = filter_users_by_email(value, is_active=True, prefer_verified=True, for_login=True)
        else:
            self.users = list(User.objects.filter(phone=value, is_active=True))
        return value

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        name = str(self.cleaned_data["email"])
        process = PasswordResetVerificationProcess if self.kind == "email" else PhoneResetProcess
        process.initiate(request=request, user=self.users[0] if self.users else None, email=name)
        limits.take_code(name)
        return name


class ReauthenticateForm(Plain, allauth_forms.ReauthenticateForm):
    labels = PASSWORD


class EmailCodeForm(Plain, allauth_forms.ConfirmEmailVerificationCodeForm):
    labels = CODE


class ResetCodeForm(Plain, allauth_forms.ConfirmPasswordResetCodeForm):
    labels = CODE


class LoginCodeForm(Plain, allauth_forms.ConfirmLoginCodeForm):
    labels = CODE


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """One field takes either name; allauth finds the person by its own two."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": _name_field()}

    def clean_login(self) -> str:
        kind, value = parse_name(self.cleaned_data["login"])
        if kind == "phone" and not sms.is_offered():
            raise ValidationError(_("We cannot send text messages at the moment."), code="no_sms")
        _room_for_code(value)
        try:
            limits.try_address(context.request)
        except TooMany as refused:
            raise _refuse(refused, _("There were too many tries from your network.")) from None
        self.cleaned_data[kind] = value
        people = User.objects.filter(phone=value, is_active=True)
        found = (
            people
            if kind == "phone"
            else filter_users_by_email(value, is_active=True, prefer_verified=True, for_login=True)
        )
        self._user = next(iter(found), None)
        return value


class PhoneCodeForm(Plain, allauth_forms.VerifyPhoneForm):
    labels = CODE


class _Factor(Plain):
    """Codes of the second factor: counted per person in PostgreSQL, each good once."""

    labels = {"code": gettext_lazy("Code from your app, or a recovery code")}

    def clean_code(self) -> str:
        try:
            limits.try_factor(self.user)  # type: ignore[attr-defined]
        except TooMany as refused:
            raise _refuse(refused, _("Too many wrong codes.")) from None
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            try:
                limits.use_factor(self.user, code)  # type: ignore[attr-defined]
            except TooMany:
                raise ValidationError(_("This code was used already. Wait for the next one.")) from None
        limits.forgive_factor(self.user)  # type: ignore[attr-defined]
        return code


class AuthenticateForm(_Factor, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateByFactorForm(_Factor, mfa_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(Plain, totp_forms.ActivateTOTPForm):
    labels = {"code": gettext_lazy("Code from your app")}


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label, name.max_length = _("Its name"), 60
        name.widget.attrs["maxlength"] = "60"
        alone.label, alone.initial = _("Sign in with it alone"), True
        alone.help_text = _("Your fingerprint, face or PIN then replaces the password. Older security keys cannot.")


class EditPasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Its name"), max_length=60)


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
        return _clean_name(self.cleaned_data["display_name"])
