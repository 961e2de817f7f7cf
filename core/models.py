"""What three apps share and the database keeps."""

import secrets
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import Folded, Joined

AUDIT_WORDS = Folded(Joined("actor_name", "verb", "subject_name", "subject_pk", "reason"))


def new_key() -> str:
    """A name nobody can guess, for a picture's files: 72 random bits in twelve letters, as lists carry many of them."""
    return secrets.token_urlsafe(9)


class Picture(models.Model):
    """A picture that was decoded and encoded again by us; its files lie under ``pictures/<key>/``.

    A private one has no address: its files lie in a storage of their own, and a guarded view serves them.
    ``widths`` lists the smaller copies that exist by now; until then pages show a placeholder.
    """

    WIDTHS: ClassVar = (240, 480, 960, 1600)

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))
    widths = ArrayField(models.PositiveIntegerField(), default=list, editable=False)
    is_private = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="picture_has_a_size")]
        indexes = [models.Index("id", name="picture_without_widths", condition=models.Q(widths=[]))]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"

    @property
    def storage(self) -> Storage:
        return storages["private" if self.is_private else "default"]

    @property
    def master_name(self) -> str:
        return f"pictures/{self.key[:2]}/{self.key}/master.webp"

    def name_for(self, width: int) -> str:
        """The storage name of the copy ``width`` pixels wide."""
        return f"pictures/{self.key[:2]}/{self.key}/{width}.webp"

    def wanted_widths(self) -> list[int]:
        """The copies this picture should have: never wider than itself, and at least one."""
        return [width for width in self.WIDTHS if width < self.width] + [min(self.width, self.WIDTHS[-1])]

    def file_names(self) -> list[str]:
        """Storage names of the master and of every copy, made or not."""
        return [self.master_name, *map(self.name_for, self.wanted_widths())]

    def is_ready(self) -> bool:
        return bool(self.widths)


class RateLimit(models.Model):
    """One counter of core.limits; rows of past windows are overwritten or swept."""

    key = models.CharField(max_length=200, primary_key=True)
    window_ends_at = models.DateTimeField(db_index=True)
    taken = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key


class OutboxMessage(models.Model):
    """Something to be done after the transaction that wrote it; core.outbox says how."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    topic = models.CharField(_("topic"), max_length=60)
    key = models.CharField(_("key"), max_length=200)
    payload = models.JSONField(_("payload"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts that failed"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    due_at = models.DateTimeField(_("due"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox")
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="outbox_key_once")]
        indexes = [
            models.Index("due_at", "id", name="outbox_waiting", condition=models.Q(state="waiting")),
            models.Index("delivered_at", name="outbox_delivered", condition=models.Q(state="delivered")),
            models.Index("id", name="outbox_failed", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class OutboxEffect(models.Model):
    """The proof that an effect happened; written in its transaction (core.outbox.once)."""

    key = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = [BrinIndex(fields=["at"], name="effect_by_age")]

    def __str__(self) -> str:
        return self.key


class AuditEntry(models.Model):
    """Who did what to what, and why. Written by core.audit, never changed: the database refuses."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    # Neither actor nor subject is a foreign key: the entry outlives both, and core knows no other room.
    actor_pk = models.CharField(_("actor's number"), max_length=40, blank=True)
    actor_name = models.CharField(_("actor"), max_length=200, blank=True)
    verb = models.CharField(_("what was done"), max_length=80)
    subject_type = models.CharField(_("kind of subject"), max_length=100)
    subject_pk = models.CharField(_("subject's number"), max_length=40)
    subject_name = models.CharField(_("subject"), max_length=200)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [
            models.Index(fields=["subject_type", "subject_pk", "-id"], name="audit_of_subject"),
            models.Index(fields=["actor_pk", "-id"], name="audit_by_actor"),
            models.Index(fields=["verb", "-id"], name="audit_by_verb"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            GinIndex(OpClass(AUDIT_WORDS, name="gin_trgm_ops"), name="audit_words"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or '·'} {self.verb} {self.subject_name}"
