"""How allauth reaches our people: names, numbers, messages and limits."""

import logging
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm, Field
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import make as make_qr

from accounts import devices, limits, phones, selectors, sms
from accounts.models import User
from core import sealed
from core.limits import TooMany, client_address

logger = logging.getLogger(__name__)
TWO_FACTOR = "two-factor"  # the purpose under which secrets of second factors are sealed
MISMATCH = gettext_lazy("This e-mail or number and this password do not match.")
TOO_OFTEN = gettext_lazy("That was a lot at once. Wait a little and try again.")
STAGES = {"allauth.account.stages.EmailVerificationStage": "accounts.stages.EmailCodeStage"}
CODE_SENT = {  # told once per code, whether or not there is such an account
    "account/messages/email_confirmation_sent.txt": "email",
    "account/messages/phone_verification_sent.txt": "phone",
    "account/messages/login_code_sent.txt": "recipient",
}
CODE_MAILS = (
    "account/email/email_confirmation",
    "account/email/account_already_exists",
    "account/email/password_reset_code",
    "account/email/unknown_account",
    "account/email/login_code",
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account is closed."),
        "cannot_remove_primary_email": gettext_lazy("You cannot remove the address you sign in with."),
        "duplicate_email": gettext_lazy("This is your address already."),
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "invalid_login": MISMATCH,
        "email_taken": gettext_lazy("Another account uses this address."),
        "phone_taken": gettext_lazy("Another account uses this number."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This is not the code we sent. Look again, or ask for a new one."),
        "invalid_password_reset": gettext_lazy("This reset is no longer open. Start over."),
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "unverified_primary_email": gettext_lazy("Verify this address first."),
        "same_as_current": gettext_lazy("This is what you have already."),
    }

    # --- people
    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """A new person reads the language and sees the market she saw as a guest."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        user.language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        user.market = request.market.code if hasattr(request, "market") else settings.DEFAULT_MARKET
        user.display_name = form.cleaned_data["display_name"]
        user.phone = form.cleaned_data.get("phone") or None  # the row must be reachable from the start
        return super().save_user(request, user, form, commit)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address is replaced, never just dropped; only what was not verified may go."""
        return not email_address.primary and not email_address.verified

    # --- telephones
    def phone_form_field(self, **kwargs: Any) -> Field:
        from accounts.forms import PhoneField

        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The code came back: the number is this person's, also when it replaces another."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        limits.refuse_code(phone)
        self._text(phone, self._with_code(_("{code} is your Bisat code.").format(code=code), code))

    def send_password_reset_sms(self, phone: str, code: str) -> None:
        text = _("{code} is your code for a new Bisat password. If you did not ask for it, do nothing.")
        self._text(phone, self._with_code(text.format(code=code), code))

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._text(phone, _("Bisat has no account with this number. Sign up at {url}").format(url=settings.SITE_URL))

    def send_account_already_exists_sms(self, phone: str) -> None:
        limits.refuse_code(phone)
        url = settings.SITE_URL + reverse("account_reset_password")
        text = _("You have a Bisat account with this number already. Forgot the password? {url}")
        self._text(phone, text.format(url=url))

    @staticmethod
    def _with_code(text: str, code: str) -> str:
        """The last line lets phones fill the code in by themselves (origin-bound one-time codes)."""
        return f"{text}\n\n@{urlsplit(settings.SITE_URL).hostname} #{code}"

    def _text(self, phone: str, text: str) -> None:
        try:
            sms.send(to=phone, text=text)
        except sms.NotSent:
            logger.exception("A text message was not sent")
            notice = _("We could not send the text message. Wait a minute and ask for another.")
            messages.error(context.request, notice)

    # --- mail and messages
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix.startswith(CODE_MAILS):
            limits.refuse_code(email)
        super().send_mail(template_prefix, email, context | {"site_url": settings.SITE_URL})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Counts codes where allauth says it sent one: it says so with and without an account."""
        if kind := CODE_SENT.get(message_template or ""):
            limits.take_code((message_context or {})[kind])
        if message_context and "phone" in message_context:  # isolated: + and digits keep their order in Persian
            phone = f"\u2066{phones.display(message_context['phone'])}\u2069"
            message_context = message_context | {"phone": phone, "recipient": phone}
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    # --- where to
    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_email" if self.request.user.is_authenticated else "account_login")

    def get_login_stages(self) -> list[str]:
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]

    # --- limits
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's own counter, told people by telephone apart as well."""
        return limits.account_key(credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try; an account or an address that tried too often is told when to come back."""
        try:
            limits.try_address(request)
        except TooMany as refused:
            limits.mark(request, refused.seconds)
            words = _("There were too many tries from your network.")
            raise ValidationError(f"{words} {limits.wait(refused.seconds)}", code="locked") from None
        try:
            limits.try_password(limits.account_key(credentials))
        except TooMany as refused:
            limits.mark(request, refused.seconds)
            words = _("This account is locked after too many wrong passwords.")
            raise ValidationError(f"{words} {limits.wait(refused.seconds)}", code="locked") from None
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        person = super().authenticate(request, **credentials)
        if person:
            limits.forgive(limits.account_key(credentials))
        return person


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy("Staff sign in with two factors; it cannot be turned off."),
        "cannot_generate_recovery_codes": gettext_lazy("Turn on two-factor sign-in first."),
        "incorrect_code": gettext_lazy("This code is not right. Wait for the next one and try again."),
        "unverified_email": gettext_lazy("Verify your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return sealed.seal(text, purpose=TWO_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text, purpose=TWO_FACTOR)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one second factor."""
        person = authenticator.user
        return not person.is_staff or selectors.has_second_factor(person, but=authenticator.pk)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Named for the device that made it."""
        return devices.describe(context.request.headers.get("User-Agent", ""))

    def build_totp_svg(self, url: str) -> str:
        """The QR code on white, so that cameras read it on a dark page too."""
        buffer = BytesIO()
        make_qr(url, image_factory=SvgPathFillImage).save(buffer)
        return buffer.getvalue().decode()

    def get_totp_label(self, user: User) -> str:
        return user.email or user.phone or str(user)
