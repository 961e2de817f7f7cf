"""What a seller earned goes to her bank."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import MAX_MINOR
from payments.machine import PAYOUT_PAIRS, PayoutState
from payments.models.guards import has_its_entry, machine
from payments.models.ledger import CURRENCIES


class PayoutBatch(models.Model):
    """One file for the bank; a payout is in at most one."""

    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    content = models.TextField(_("file"))
    total_minor = models.BigIntegerField(_("total"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("payout file")
        verbose_name_plural = _("payout files")

    def __str__(self) -> str:
        return f"payouts-{self.pk}.csv"


class Payout(models.Model):
    """``destination`` is the bank account as the seller gave it that day: {"holder": ..., "account": ...}."""

    State = PayoutState

    channel = models.ForeignKey("sellers.Channel", on_delete=models.PROTECT, related_name="payouts")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    destination = models.JSONField(_("destination"))
    state = models.CharField(_("state"), max_length=10, choices=PayoutState.choices, default=PayoutState.CREATED)
    batch = models.ForeignKey(
        PayoutBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("file")
    )
    bank_reference = models.CharField(_("bank's number"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, amount_minor__lte=MAX_MINOR), name="payout_amount_in_range"
            )
        ]
        indexes = [
            models.Index("channel", F("id").desc(), name="payouts_of_channel"),
            models.Index("currency", "id", name="payouts_to_send", condition=Q(state="created")),
        ]
        triggers = [
            *machine(
                PAYOUT_PAIRS, first=PayoutState.CREATED, fixed=["channel_id", "amount_minor", "currency", "destination"]
            ),
            has_its_entry(
                "payout",
                {"created": "asked", "confirmed": "confirmed", "returned": "returned"},
                arrives="confirmed",
                clearing="payout_clearing",
                owner="holder.kind = 'seller_payable' AND holder.channel_id = NEW.channel_id",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
