"""What a person is told, how she wants to be told, and the browsers that may be told."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news import kinds

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class NewsQuerySet(models.QuerySet["News"]):
    def known(self) -> "NewsQuerySet":
        """Of kinds this release can put into words."""
        return self.filter(kind__in=kinds.names())

    def unread(self) -> "NewsQuerySet":
        return self.filter(read_at=None)


class News(models.Model):
    """One thing a person is told; ``params`` are put into words in her language when it is shown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="news")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=500)
    key = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    in_digest = models.BooleanField(default=False)  # waits for the person's next digest

    objects: ClassVar[NewsQuerySet] = NewsQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = _("news")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="news_once")]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="news_of_person"),
            models.Index(fields=["person", "kind"], name="news_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["person"], name="news_in_digest", condition=models.Q(in_digest=True)),
            BrinIndex(fields=["at"], name="news_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def get_absolute_url(self) -> str:
        """Where it is opened: marks it read and leads to ``url``."""
        return reverse("news:open", args=[self.pk])

    @property
    def is_read(self) -> bool:
        return self.read_at is not None

    @property
    def words(self) -> kinds.Words:
        return kinds.render(self.kind, self.params)


class Choice(models.Model):
    """How a person is told of one group of news; without a row both ways are open."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=20, choices=kinds.Group.choices)
    email = models.BooleanField(default=True)
    push = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.email}, {self.push}"


class Rhythm(models.Model):
    """When a person is told; hours are those of her market's clocks."""

    class Digest(models.TextChoices):
        OFF = "off", _("As it happens")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    digest = models.CharField(_("e-mails"), max_length=8, choices=Digest.choices, default=Digest.OFF)
    digest_hour = models.PositiveSmallIntegerField(_("at"), choices=HOURS, default=9)
    digest_at = models.DateTimeField(null=True, db_index=True)  # when the next one is due
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), choices=HOURS, null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(_("until"), choices=HOURS, null=True, blank=True)

    class Meta:
        verbose_name = _("rhythm")
        verbose_name_plural = _("rhythms")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="quiet_hours_begin_and_end",
            )
        ]

    def __str__(self) -> str:
        return self.digest


class PushSubscription(models.Model):
    """A browser that takes messages for a person, as the Push API describes it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    user_agent = models.CharField(max_length=300, blank=True)
    session = models.CharField(max_length=64, db_index=True)  # the session's fingerprint: signing out ends both
    failures = models.PositiveSmallIntegerField(default=0)  # refusals since the last message it took
    created_at = models.DateTimeField(auto_now_add=True)

    MOST: ClassVar[int] = 20  # of one person; the oldest gives way

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return self.user_agent or self.endpoint
