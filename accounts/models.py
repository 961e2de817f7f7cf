"""People. Whoever signs in is a User; what they do is kept by the rooms above."""

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import devices
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

    declined = ArrayField(  # optional purposes (accounts.purposes) she said no to, so that no page need ask for rows
        models.CharField(max_length=12), default=list, db_default=[], blank=True, editable=False
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)  # nothing of hers is left but a number

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
        return self.display_name or str(_("Deleted account") if self.erased_at else _("Somebody new"))

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
    agent = models.CharField(max_length=300, blank=True, default="", db_default="")  # as the browser called itself
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now, db_default=Now())  # to the hour

    @property
    def device(self) -> str:
        return devices.describe(self.agent)

    @property
    def is_phone(self) -> bool:
        return devices.is_phone(self.agent)

    @property
    def fingerprint(self) -> str:
        """Names the session without giving it away."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()


class Consent(models.Model):
    """One yes or no to an optional purpose, and to which wording; the newest counts. Only ever added."""

    class Purpose(models.TextChoices):
        PICKS = "picks", _("Picks for you")
        MEASURING = "measuring", _("Measuring")

    VERSION: ClassVar = 1  # of the words people say yes or no to; a new one is asked again

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    is_given = models.BooleanField(_("given"))
    version = models.PositiveSmallIntegerField(_("version"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.purpose}: {self.is_given}"


class DataExport(models.Model):
    """An archive of what is kept of a person, made for her and gone after EXPORT_DAYS."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        GONE = "gone", _("No longer kept")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=120, blank=True)  # its name in the private storage
    size = models.BigIntegerField(default=0)  # bytes

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint("person", name="one_export_at_work", condition=models.Q(state="waiting")),
        ]
        indexes = [models.Index("expires_at", name="export_expires", condition=models.Q(state="ready"))]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"


class Erasure(models.Model):
    """A person wants to leave: done when due, unless she signs in before. The row outlives her data as its proof."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        CANCELLED = "cancelled", _("Cancelled")
        DONE = "done", _("Done")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="erasures")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [models.UniqueConstraint("person", name="one_erasure_at_work", condition=models.Q(state="asked"))]
        indexes = [models.Index("due_at", name="erasure_due", condition=models.Q(state="asked"))]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"
