"""What a channel may owe for ads, and what each campaign has reserved and spent of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import CURRENCIES, Campaign
from payments.models.guards import Guard, append_only, never_deleted, never_truncated, refuse

WHOLE = 10_000  # basis points


def _as_the_ledger_says(name: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition | None) -> Guard:
    """At commit a line owes what its account says, and its limit is the account's floor."""
    return Guard(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        condition=condition,
        func=f"""
            PERFORM 1 FROM ads_creditline AS line JOIN payments_account AS account
                ON account.channel_id = line.channel_id AND account.kind = 'ad_receivable'
                AND account.currency = line.currency
            WHERE line.id = NEW.id AND account.balance_minor = -line.owed_minor
                AND account.floor_minor = -line.limit_minor;
            IF NOT FOUND THEN {refuse("credit line % is not what the ledger says", "NEW.id")} END IF;
            RETURN NULL;
        """,
    )


class CreditLine(models.Model):
    """How much a channel may owe for ads at once. ``owed_minor`` is what its account in the ledger says.

    ``reserved_minor`` is promised to running campaigns and not yet spent; owed and reserved never pass the limit.
    Fees are owed beside it. ``period_start`` is when the running period began; a statement ends it at ``period_ends_at``.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Open")
        LATE = "late", _("Late")
        CLOSED = "closed", _("Closed")
        WRITTEN_OFF = "written_off", _("Written off")

    channel = models.OneToOneField("sellers.Channel", on_delete=models.PROTECT, related_name="credit_line")
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    limit_minor = models.BigIntegerField(_("limit"))
    owed_minor = models.BigIntegerField(_("owed"), default=0)
    reserved_minor = models.BigIntegerField(_("reserved"), default=0)
    fee_basis_points = models.PositiveIntegerField(_("fee, in hundredths of a percent"))
    period_days = models.PositiveIntegerField(_("days of a period"))
    share_percent = models.PositiveIntegerField(_("share of payouts, in percent"))  # what the applicant agreed to
    period_start = models.DateTimeField(_("period began"), default=timezone.now)
    period_ends_at = models.DateTimeField(_("period ends"), db_index=True)
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        verbose_name = _("credit line")
        verbose_name_plural = _("credit lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(owed_minor__gte=0, reserved_minor__gte=0)
                & Q(limit_minor__gte=F("owed_minor") + F("reserved_minor")),
                name="credit_line_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(fee_basis_points__lte=WHOLE, period_days__gte=1, share_percent__lte=100),
                name="credit_line_terms_in_range",
            ),
        ]
        triggers = [
            _as_the_ledger_says("opens_as_ledger_says", pgtrigger.Insert, None),
            _as_the_ledger_says(
                "stays_as_ledger_says",
                pgtrigger.Update,
                pgtrigger.Condition("OLD.owed_minor <> NEW.owed_minor OR OLD.limit_minor <> NEW.limit_minor"),
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return str(self.channel)

    @property
    def fee_percent(self) -> float:
        return self.fee_basis_points / 100

    @property
    def free_minor(self) -> int:
        """What campaigns may still take."""
        is_open = self.status == self.Status.ACTIVE
        return self.limit_minor - self.owed_minor - self.reserved_minor if is_open else 0


class Fund(models.Model):
    """The money of one campaign: paid ahead for it (none on credit), reserved by leases, spent, gone back."""

    campaign = models.OneToOneField(Campaign, primary_key=True, on_delete=models.PROTECT, related_name="fund")
    is_prepaid = models.BooleanField(editable=False)
    paid_minor = models.BigIntegerField(_("paid ahead"), default=0)
    reserved_minor = models.BigIntegerField(_("reserved"), default=0)
    spent_minor = models.BigIntegerField(_("spent"), default=0)
    returned_minor = models.BigIntegerField(_("paid back"), default=0)

    class Meta:
        verbose_name = _("money of a campaign")
        verbose_name_plural = _("money of campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0, reserved_minor__gte=0, spent_minor__gte=0, returned_minor__gte=0),
                name="fund_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_prepaid=False, paid_minor=0, returned_minor=0)
                | Q(is_prepaid=True, paid_minor__gte=F("reserved_minor") + F("spent_minor") + F("returned_minor")),
                name="fund_not_overspent",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def free_minor(self) -> int:
        """What was paid ahead and is neither spent, reserved nor gone back."""
        return self.paid_minor - self.reserved_minor - self.spent_minor - self.returned_minor


class CreditChange(models.Model):
    """One change of an application, a line or a statement: who, when, why. Never edited.

    ``data`` has what else changed, JSON-safe: limits, amounts.
    """

    class Machine(models.TextChoices):
        APPLICATION = "application", _("credit application")
        LINE = "line", _("credit line")
        STATEMENT = "statement", _("statement of ads")

    machine = models.CharField(max_length=12, choices=Machine.choices)
    row_id = models.BigIntegerField()
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of credit")
        verbose_name_plural = _("changes of credit")
        indexes = [models.Index("machine", "row_id", name="credit_changes_of_row")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
