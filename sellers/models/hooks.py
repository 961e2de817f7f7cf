"""Webhooks of a channel: where its own programs hear what happens, and what became of each message to them."""

import json
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sellers.models.channels import Channel


def new_message_id() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


class Hook(models.Model):
    """An address that hears of events. Its secret is sealed (core.sealed); a replaced one signs on until ``old_until``."""

    class Event(models.TextChoices):
        MONEY = "money_request.changed", _("A money request changed")
        MESSAGE = "message.received", _("A message came")
        STOCK = "stock.low", _("Stock is low")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        DISABLED = "disabled", _("Stopped after failing for days")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="hooks")
    url = models.URLField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=30, choices=Event.choices), verbose_name=_("events"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)  # since then nothing arrived
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [models.CheckConstraint(condition=~Q(events=[]), name="hook_hears_something")]

    def __str__(self) -> str:
        return self.url

    @property
    def event_labels(self) -> list[str]:
        return [str(self.Event(event).label) for event in self.events]


class Delivery(models.Model):
    """One message to one hook; tried again with growing waits, and by hand. ``due_at`` is None when it is over."""

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, default=new_message_id)
    event = models.CharField(_("event"), max_length=30, choices=Hook.Event.choices)
    key = models.CharField(max_length=100)  # of what it tells: the same twice is one message
    payload = models.JSONField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    answer = models.CharField(max_length=500, blank=True)  # its beginning, or why there was none
    at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint("hook", "event", "key", name="delivery_once")]
        indexes = [
            models.Index("due_at", "id", name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index("hook", models.F("id").desc(), name="delivery_log"),
            models.Index("at", name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.message_id}"

    @property
    def body(self) -> str:
        """What was sent, for people to read."""
        return json.dumps(self.payload, ensure_ascii=False, indent=1)
