"""What staff must look at: drift of the ledger, a dispute that nobody decided, people who were not told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Alert(models.Model):
    class Kind(models.TextChoices):
        DRIFT = "drift", _("The ledger does not add up")
        DISPUTE_LATE = "dispute_late", _("A dispute is late")
        PAYMENT_UNKNOWN = "payment_unknown", _("A payment has no answer")
        UNTOLD = "untold", _("What follows a step of money failed for good")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=100)  # what it is about; one open alert each
    text = models.TextField(_("text"))
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint("kind", "subject", name="one_open_alert", condition=Q(cleared_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
