"""What staff keep beside the talk: reports of members, and which months were summed up."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.topics import Reply

MAX_REPORT = 1000


class ReplyReport(models.Model):
    """What a member tells staff about a reply. How it ended stands in the audit log."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept as it is")
        ACTED = "acted", _("Acted upon")

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("Insult, threat or harassment")
        PRIVATE = "private", _("Tells something private about somebody")
        SPAM = "spam", _("Advertising or spam")
        OTHER = "other", _("Something else")

    reply = models.ForeignKey(Reply, verbose_name=_("reply"), on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reported by"), on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.TextField(_("what happened"), max_length=MAX_REPORT, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)

    class Meta:
        verbose_name = _("report from the group")
        verbose_name_plural = _("reports from the group")
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "reply"], name="group_report_once", condition=models.Q(state="open")
            )
        ]
        indexes = [models.Index("state", "created_at", "id", name="group_report_queue")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.reply_id}"


class Digest(models.Model):
    """A month that members were told of; the row is the promise that they are told once."""

    month = models.DateField(_("month"), unique=True)  # its first day
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("community:digest", args=[self.month.year, self.month.month])
