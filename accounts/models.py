"""People. Whoever signs in is a User; what they do is kept by the rooms above."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import markets
from core.folding import Folded


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, *, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """A person known by e-mail, telephone or both; raises ValueError without either."""
        if not email and not phone:
            raise ValueError("A person needs an e-mail address or a telephone number.")
        user = self.model(email=self.normalize_email(email).lower() if email else None, phone=phone or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email=email, password=password, **fields | {"is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), null=True, blank=True, unique=True)
    phone = models.CharField(
        _("telephone number"),
        max_length=16,
        null=True,
        blank=True,
        unique=True,
        help_text=_("International form, like +4915112345678."),
    )
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    avatar = models.ForeignKey(
        "core.Picture", verbose_name=_("avatar"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    market = models.CharField(_("market"), max_length=8, choices=markets.choices, default="us")
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    grouped_as = models.CharField(  # as whom she falls into groups (core.groups): the guest she was, else her number
        max_length=32, blank=True, default="", db_default="", editable=False
    )

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [GinIndex(OpClass(Folded("display_name"), name="gin_trgm_ops"), name="user_name_words")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=None) | models.Q(email=Lower("email")), name="user_email_lowercase"
            ),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
                name="user_can_be_reached",
                violation_error_message=_("A person needs an e-mail address or a telephone number."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email or self.phone or str(self.pk)

    def get_short_name(self) -> str:
        """The name others see; never an address or a number."""
        return self.display_name or str(_("Somebody new"))

    def set_preferences(self, *, language: str = "", market: str = "") -> None:
        """Keeps a language and a market the site knows; others are ignored."""
        if language in dict(settings.LANGUAGES):
            self.language = language
        if market in markets.MARKETS:
            self.market = market
        self.save(update_fields=["language", "market"])


class Session(AbstractBaseSession):
    """A browser's session, of a guest or of the person who is signed in there; written by accounts.sessions."""

    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
