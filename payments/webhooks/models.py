"""Notices that payment providers left with us, each once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WebhookEvent(models.Model):
    """A signed notice. A provider repeats itself until we say that we have it, and sometimes after."""

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("the provider’s number"), max_length=255)
    kind = models.CharField(_("kind"), max_length=100)
    reference = models.CharField(_("payment reference"), max_length=64)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    handled_at = models.DateTimeField(_("handled at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
