"""What people tell staff about: a channel, a post, a person or a message."""

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from chat.models.messages import Message
from sellers.models import Channel, Post

SUBJECTS = ("channel", "post", "person", "message")


class Report(models.Model):
    """Exactly one of the subjects is set. A reported message is shown to staff by its reader's own will."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept as it is")
        ACTED = "acted", _("Acted upon")

    class Reason(models.TextChoices):
        FRAUD = "fraud", _("Fraud or a false offer")
        OUTSIDE = "outside", _("Wants to be paid outside Bisat")
        FORBIDDEN = "forbidden", _("Something that may not be sold")
        ABUSE = "abuse", _("Insult, threat or harassment")
        SPAM = "spam", _("Spam")
        OTHER = "other", _("Something else")

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reported by"), on_delete=models.CASCADE, related_name="reports"
    )
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    post = models.ForeignKey(
        Post, verbose_name=_("post"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    message = models.ForeignKey(
        Message, verbose_name=_("message"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.TextField(_("what happened"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("reported"), auto_now_add=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                condition=Exact(Func(*SUBJECTS, function="num_nonnulls", output_field=models.IntegerField()), 1),
                name="report_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["reporter", "channel", "post", "person", "message"],
                name="one_open_report_each",
                condition=models.Q(state="open"),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index("state", "created_at", "id", name="report_queue")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.subject}"

    @property
    def subject(self) -> models.Model:
        """What it is about; ask with the four subjects joined."""
        return next(one for name in SUBJECTS if (one := getattr(self, name)) is not None)


class ReportTransition(models.Model):
    """One decision about a report: who, when, why. Never edited."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=Report.State.choices)
    to_state = models.CharField(max_length=10, choices=Report.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
