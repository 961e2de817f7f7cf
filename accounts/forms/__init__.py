"""Forms of signing up, signing in and looking after an account."""

from accounts.forms.factors import (
    ActivateTOTPForm,
    AddPasskeyForm,
    AuthenticateForm,
    EditPasskeyForm,
    EmailCodeForm,
    LoginCodeForm,
    PhoneCodeForm,
    ReauthenticateByFactorForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
    ResetCodeForm,
)
from accounts.forms.fields import CodeField, PhoneField, parse_name
from accounts.forms.person import ChoicesForm, ProfileForm
from accounts.forms.signing import (
    AddEmailForm,
    ChangeEmailForm,
    ChangePasswordForm,
    ChangePhoneForm,
    LoginForm,
    PhoneResetProcess,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)

__all__ = [
    "ActivateTOTPForm",
    "AddEmailForm",
    "AddPasskeyForm",
    "AuthenticateForm",
    "ChangeEmailForm",
    "ChangePasswordForm",
    "ChangePhoneForm",
    "ChoicesForm",
    "CodeField",
    "EditPasskeyForm",
    "EmailCodeForm",
    "LoginCodeForm",
    "LoginForm",
    "PhoneCodeForm",
    "PhoneField",
    "PhoneResetProcess",
    "ProfileForm",
    "ReauthenticateByFactorForm",
    "ReauthenticateForm",
    "RequestLoginCodeForm",
    "ResetCodeForm",
    "ResetPasswordForm",
    "ResetPasswordKeyForm",
    "SetPasswordForm",
    "SignupForm",
    "parse_name",
]
