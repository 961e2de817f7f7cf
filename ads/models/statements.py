"""What a channel owes for the ads of one period, how it came about, and what was repaid of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import CURRENCIES, Campaign
from ads.models.lines import CreditLine
from payments.models.guards import append_only, never_deleted, never_truncated


class Statement(models.Model):
    """One period of a line: ``spent_minor`` for ads, ``fee_minor`` for the credit, ``late_fee_minor`` if it was late.

    Fees are repaid before what was spent: ``fees_paid_minor`` and ``spent_paid_minor`` keep both apart, as the ledger
    does. What was written off counts as neither.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("To be repaid")
        LATE = "late", _("Late")
        REPAID = "repaid", _("Repaid")
        WRITTEN_OFF = "written_off", _("Written off")

    OWED = (Status.OPEN, Status.LATE)

    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField(_("number"))  # of the line, from 1
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OPEN)
    period_start = models.DateTimeField(_("from"))
    period_end = models.DateTimeField(_("until"))
    due_at = models.DateTimeField(_("due"))
    spent_minor = models.BigIntegerField(_("ads"))
    fee_minor = models.BigIntegerField(_("fee"))
    late_fee_minor = models.BigIntegerField(_("fee for being late"), default=0)
    spent_paid_minor = models.BigIntegerField(default=0)
    fees_paid_minor = models.BigIntegerField(default=0)
    written_off_minor = models.BigIntegerField(_("written off"), default=0)
    reminded_days = models.SmallIntegerField(null=True, editable=False)  # of the last reminder: days after due
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("statement of ads")
        verbose_name_plural = _("statements of ads")
        constraints = [
            models.UniqueConstraint("line", "number", name="statement_number_once"),
            models.CheckConstraint(
                condition=Q(spent_minor__gte=1, fee_minor__gte=0, late_fee_minor__gte=0, written_off_minor__gte=0),
                name="statement_of_something",
            ),
            models.CheckConstraint(
                condition=Q(spent_paid_minor__gte=0, spent_paid_minor__lte=F("spent_minor"), fees_paid_minor__gte=0)
                & Q(fees_paid_minor__lte=F("fee_minor") + F("late_fee_minor")),
                name="statement_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "late"], settled_at=None)
                | Q(
                    status__in=["repaid", "written_off"],
                    settled_at__isnull=False,
                    written_off_minor=F("spent_minor")
                    + F("fee_minor")
                    + F("late_fee_minor")
                    - F("spent_paid_minor")
                    - F("fees_paid_minor"),
                ),
                name="statement_settled_in_full",
            ),
        ]
        indexes = [models.Index("due_at", name="statement_due", condition=Q(status__in=["open", "late"]))]
        triggers = [never_deleted(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.line} #{self.number}"

    @property
    def total_minor(self) -> int:
        return self.spent_minor + self.fee_minor + self.late_fee_minor

    @property
    def paid_minor(self) -> int:
        return self.spent_paid_minor + self.fees_paid_minor

    @property
    def left_minor(self) -> int:
        """What is still to be repaid."""
        return self.total_minor - self.paid_minor - self.written_off_minor

    @property
    def fees_left_minor(self) -> int:
        """Of an owed statement."""
        return self.fee_minor + self.late_fee_minor - self.fees_paid_minor


class Spending(models.Model):
    """What one campaign spent on credit in one period; without a statement: in the running one."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="spendings", db_index=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="spendings", db_index=False)
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="spendings")
    cost_minor = models.BigIntegerField(_("cost"))

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spendings")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "statement"], name="spending_once_a_period", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(cost_minor__gte=1), name="spending_of_something"),
        ]
        indexes = [models.Index("line", name="spending_not_billed", condition=Q(statement=None))]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.cost_minor}"


class Repayment(models.Model):
    """A part of a statement that was repaid. Never edited."""

    class Source(models.TextChoices):
        WALLET = "wallet", _("From a wallet")
        BALANCE = "balance", _("From the channel’s balance")
        SHARE = "share", _("From released money, as agreed")
        SET_OFF = "set_off", _("From payouts, when late")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="repayments")
    source = models.CharField(_("from"), max_length=10, choices=Source.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("repayment")
        verbose_name_plural = _("repayments")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=1), name="repayment_of_something")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.amount_minor}"
