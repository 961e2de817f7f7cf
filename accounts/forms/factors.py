"""Codes, second factors and passkeys: allauth's forms, in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, sms
from accounts.forms.fields import CODE, PASSWORD, Plain, name_field, parse_name, refuse, room_for_code
from accounts.models import User
from core.limits import TooMany


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
        self.fields = {"login": name_field()}

    def clean_login(self) -> str:
        kind, value = parse_name(self.cleaned_data["login"])
        if kind == "phone" and not sms.is_offered():
            raise ValidationError(_("We cannot send text messages at the moment."), code="no_sms")
        room_for_code(value)
        try:
            limits.try_address(context.request)
        except TooMany as refused:
            raise refuse(refused, _("There were too many tries from your network.")) from None
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
            raise refuse(refused, _("Too many wrong codes.")) from None
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
