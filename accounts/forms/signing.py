"""Signing in and up, addresses, numbers and passwords: allauth's forms, in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, sms
from accounts.forms.fields import (
    EMAIL,
    NEW_PASSWORD,
    PASSWORD,
    Plain,
    clean_name,
    name_field,
    parse_name,
    refuse,
    room_for_code,
)
from accounts.models import User
from core.limits import TooMany


class LoginForm(Plain, allauth_forms.LoginForm):
    labels = PASSWORD

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": name_field(), "password": self.fields["password"]}
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
        contact = name_field(help_text=gettext_lazy("We send a code there."))
        password = self.fields["password1"]
        password.widget.render_value = True  # a bounced form loses nothing; the page is not kept by browsers
        self.fields = {"contact": contact, "display_name": name, "password1": password}

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def clean_contact(self) -> str:
        kind, value = parse_name(self.cleaned_data["contact"])
        if kind == "phone" and not sms.is_offered():
            raise ValidationError(_("Write an e-mail address like name@example.com."), code="invalid")
        room_for_code(value)
        self.cleaned_data[kind] = self.validate_unique_email(value) if kind == "email" else value
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                limits.sign_up(context.request)
            except TooMany as refused:
                raise refuse(refused, _("Many accounts were opened from your network.")) from None
        return cleaned


class AddEmailForm(Plain, allauth_forms.AddEmailForm):
    labels = EMAIL

    def clean_email(self) -> str:
        email = super().clean_email()
        room_for_code(email)
        return email


class ChangeEmailForm(Plain, allauth_forms.ChangeEmailForm):
    labels = EMAIL


class ChangePhoneForm(allauth_forms.ChangePhoneForm):
    def clean_phone(self) -> str:
        if not sms.is_offered():
            raise ValidationError(_("We cannot send text messages at the moment."), code="no_sms")
        phone = super().clean_phone()
        room_for_code(phone)
        return phone


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    labels = NEW_PASSWORD

    def clean_oldpassword(self) -> str:
        """Whoever found a device unlocked guesses no more often than at the door."""
        account = f"person-{self.user.pk}"
        try:
            limits.try_password(account)
        except TooMany as refused:
            raise refuse(refused, _("This account is locked after too many wrong passwords.")) from None
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
        self.fields["email"] = name_field()

    def clean_email(self) -> str:
        self.kind, value = parse_name(self.cleaned_data["email"])
        room_for_code(value)
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
