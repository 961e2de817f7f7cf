"""Money on its way in from a provider, and back to a card."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import MAX_MINOR
from payments.machine import ATTEMPT_OPEN, ATTEMPT_PAIRS, REFUND_PAIRS, AttemptState, RefundState
from payments.models.guards import Guard, append_only, has_its_entry, machine, refuse
from payments.models.ledger import CURRENCIES
from payments.models.requests import MoneyRequest, new_token


class PaymentAttempt(models.Model):
    """One try to pay. It names the version it pays; without a request it fills the person's wallet.

    ``verified`` says that the provider has the money; whether it pays the request or stays in the wallet is
    ``pays_request``.
    """

    State = AttemptState
    OPEN = ATTEMPT_OPEN

    token = models.CharField(max_length=16, unique=True, default=new_token, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payment_attempts")
    request = models.ForeignKey(MoneyRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="attempts")
    version = models.PositiveIntegerField(null=True, blank=True)
    provider = models.CharField(_("provider"), max_length=20)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    state = models.CharField(_("state"), max_length=12, choices=AttemptState.choices, default=AttemptState.CREATED)
    provider_reference = models.CharField(_("provider's number"), max_length=120, blank=True)
    redirect_url = models.URLField(max_length=2000, blank=True)
    back_path = models.CharField(max_length=200, blank=True, default="")  # of this site, where she goes on when paid
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    pays_request = models.BooleanField(default=False)
    due_at = models.DateTimeField(_("due"), null=True)  # when the sweeper asks the provider again
    give_up_at = models.DateTimeField(_("given up"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, amount_minor__lte=MAX_MINOR), name="attempt_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(request=None, version=None) | Q(request__isnull=False, version__isnull=False),
                name="attempt_names_its_version",
            ),
            models.CheckConstraint(
                condition=Q(pays_request=False) | Q(request__isnull=False, state="verified"),
                name="only_verified_attempts_pay",
            ),
            models.UniqueConstraint("request", name="one_attempt_pays", condition=Q(pays_request=True)),
            models.UniqueConstraint(
                "provider", "provider_reference", name="provider_reference_once", condition=~Q(provider_reference="")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["verified", "failed", "expired"], due_at=None)
                | (~Q(state__in=["verified", "failed", "expired"]) & Q(due_at__isnull=False)),
                name="open_attempt_has_a_timer",
            ),
        ]
        indexes = [models.Index("due_at", name="attempt_due", condition=Q(due_at__isnull=False))]
        triggers = [
            *machine(
                ATTEMPT_PAIRS,
                first=AttemptState.CREATED,
                fixed=["token", "person_id", "request_id", "version", "provider", "amount_minor", "currency"],
            ),
            Guard(
                name="pays_what_is_asked",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.request_id IS NOT NULL AND NEW.version IS NOT NULL"),
                func=f"""
                    PERFORM 1 FROM payments_moneyrequest WHERE id = NEW.request_id
                        AND (version, amount_minor, currency, buyer_id)
                            = (NEW.version, NEW.amount_minor, NEW.currency, NEW.person_id);
                    IF NOT FOUND THEN {refuse("an attempt is its buyer''s, at the version and price it pays")} END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} #{self.pk}"

    def is_open(self) -> bool:
        return self.state in self.OPEN


class Refund(models.Model):
    """Money of a wallet going back to the card it came from. A sweeper hands ``created`` ones to the provider."""

    State = RefundState

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    state = models.CharField(_("state"), max_length=10, choices=RefundState.choices, default=RefundState.CREATED)
    provider_reference = models.CharField(_("provider's number"), max_length=120, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    asked_at = models.DateTimeField(null=True, editable=False)  # when the sweeper last spoke of it with the provider
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund to a card")
        verbose_name_plural = _("refunds to cards")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=1), name="refund_of_something")]
        indexes = [
            models.Index(
                F("asked_at").asc(nulls_first=True),
                "id",
                name="refund_to_ask_about",
                condition=Q(state__in=["created", "transit"]),
            )
        ]
        triggers = [
            *machine(REFUND_PAIRS, first=RefundState.CREATED, fixed=["attempt_id", "amount_minor", "currency"]),
            # The attempt is locked: of two refunds at once the second sees the first.
            Guard(
                name="back_at_most_what_came",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("paid", "payments_paymentattempt"), ("back", "bigint")],
                func=f"""
                    SELECT * INTO paid FROM payments_paymentattempt WHERE id = NEW.attempt_id FOR NO KEY UPDATE;
                    IF paid.state <> 'verified' OR paid.currency <> NEW.currency THEN
                        {refuse("a refund is of money that came, in its currency")}
                    END IF;
                    SELECT sum(amount_minor) INTO back FROM payments_refund
                        WHERE attempt_id = NEW.attempt_id AND state <> 'failed';
                    IF back > paid.amount_minor THEN {refuse("more goes back than attempt % paid", "paid.id")} END IF;
                    RETURN NULL;
                """,  # noqa: S608 - our own words only
            ),
            has_its_entry(
                "refund",
                {"created": "asked", "done": "done", "external": "done", "failed": "failed"},
                arrives="done",
                clearing="refund_clearing",
                owner="holder.kind = 'wallet' AND holder.person_id = "
                "(SELECT person_id FROM payments_paymentattempt WHERE id = NEW.attempt_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class StateChange(models.Model):
    """One change of a small machine (attempt, refund, payout, coupon): who, when, why. Never edited."""

    class Machine(models.TextChoices):
        ATTEMPT = "attempt", _("payment attempt")
        REFUND = "refund", _("refund to a card")
        PAYOUT = "payout", _("payout")
        COUPON = "coupon", _("coupon")

    machine = models.CharField(max_length=10, choices=Machine.choices)
    row_id = models.BigIntegerField()
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        indexes = [models.Index("machine", "row_id", name="state_changes_of_row")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
