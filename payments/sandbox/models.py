"""The books of a bank that holds no money."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import new_key


class SandboxPayment(models.Model):
    """One payment at the sandbox. ``charged_minor`` is what was taken, which a fault can make another amount."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for the buyer")
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")

    class Fault(models.TextChoices):
        SLOW = "slow", _("Answers slowly")
        DOUBLE_CALLBACK = "double_callback", _("Sends its notice twice")
        CALLBACK_FIRST = "callback_first", _("Its notice comes before the buyer is back")
        NEVER_RETURNS = "never_returns", _("Never sends the buyer back")
        WRONG_AMOUNT = "wrong_amount", _("Takes a tenth of the amount")
        VERIFY_TIMEOUT = "verify_timeout", _("Does not answer the first two questions")
        REVERSED = "reversed", _("Takes the money back after 15 minutes")

    reference = models.CharField(_("reference"), max_length=64, unique=True)
    token = models.CharField(_("token"), max_length=32, unique=True, default=new_key, editable=False)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    description = models.CharField(_("description"), max_length=255, blank=True)
    return_url = models.CharField(_("return address"), max_length=2000)
    notify_url = models.CharField(_("address for notices"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    faults = ArrayField(models.CharField(max_length=20, choices=Fault), verbose_name=_("faults"), default=list)
    charged_minor = models.BigIntegerField(_("charged in minor units"), default=0)
    hangs_left = models.PositiveSmallIntegerField(_("questions not answered yet"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reverses_at = models.DateTimeField(_("reversed at"), null=True)
    reversal_told_at = models.DateTimeField(_("told"), null=True)

    class Meta:
        verbose_name = _("sandbox payment")
        verbose_name_plural = _("sandbox payments")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="sandbox_payment_has_an_amount"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at=None)
                | ~models.Q(state="open") & ~models.Q(decided_at=None),
                name="sandbox_payment_decided_once_not_open",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_reversed(self) -> bool:
        return self.reverses_at is not None and self.reverses_at <= timezone.now()


class SandboxRefund(models.Model):
    """Money sent back, once for each key."""

    payment = models.ForeignKey(SandboxPayment, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(_("key"), max_length=255, unique=True)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="sandbox_refund_has_an_amount")
        ]

    def __str__(self) -> str:
        return self.key
