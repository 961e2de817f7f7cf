"""When buyer and seller do not agree, staff decide: on evidence of both, in time, large sums and what is late by two persons."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.machine import DISPUTE_PAIRS
from payments.models.guards import append_only, machine
from payments.models.requests import MoneyRequest


class Dispute(models.Model):
    """One request is disputed at most once. Staff write a decision; above a limit, or late, a second person confirms it."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for staff")
        PROPOSED = "proposed", _("Waiting for a second person")
        DECIDED = "decided", _("Decided")
        ENDED = "ended", _("Ended otherwise")

    class Decision(models.TextChoices):
        REFUND = "refund", _("All to the buyer")
        RELEASE = "release", _("All to the seller")
        SPLIT = "split", _("A part to each")

    request = models.OneToOneField(MoneyRequest, on_delete=models.PROTECT, related_name="dispute")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    evidence_until = models.DateTimeField(_("evidence until"))
    due_at = models.DateTimeField(_("decision due"))
    is_late = models.BooleanField(_("late"), default=False)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    to_buyer_minor = models.BigIntegerField(_("to the buyer"), default=0)
    decision_reason = models.TextField(_("reason of the decision"), max_length=2000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="two_different_persons"
            ),
            models.CheckConstraint(condition=Q(to_buyer_minor__gte=0), name="nothing_is_taken_from_the_buyer"),
        ]
        indexes = [models.Index("due_at", name="dispute_queue", condition=Q(state__in=["open", "proposed"]))]
        triggers = machine(DISPUTE_PAIRS, first="open", fixed=["request_id", "opened_by_id", "opened_at"])

    def __str__(self) -> str:
        return f"#{self.pk}"


class Evidence(models.Model):
    """What one side says and shows. Never edited; more is added."""

    class Side(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        SELLER = "seller", _("Seller")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="evidence")
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=4000)
    pictures = models.ManyToManyField("core.Picture", verbose_name=_("pictures"), blank=True, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        triggers = append_only()

    def __str__(self) -> str:
        return self.text[:60]
