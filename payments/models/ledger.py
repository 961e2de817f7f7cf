"""The double-entry ledger. Liabilities and income are positive, assets and expenses negative; an entry sums to 0."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import DECIMALS
from payments.models.guards import Guard, append_only, never_deleted, never_truncated, refuse, words_sql

CURRENCIES = [(code, code) for code in DECIMALS]
OF_PEOPLE = ("wallet", "commission_payable", "packet")
OF_CHANNELS = ("seller_payable", "ad_receivable", "ad_fees", "ad_prepaid")
DEBTS = ("ad_receivable", "ad_fees")  # what a channel owes us: never above 0
OWNED = (*OF_PEOPLE, *OF_CHANNELS)  # carry their balance; all others are the platform's


class XidField(models.Field):
    """PostgreSQL's full transaction id; read as text, written only by ``payments_post``."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class AccountQuerySet(models.QuerySet["Account"]):
    def materialized(self) -> "AccountQuerySet":
        return self.filter(is_materialized=True)


class Account(models.Model):
    """One place money can be, in one currency.

    Accounts of people and channels carry their balance and a floor. The platform's own would be hot rows: their
    balance is the sum of their postings (payments.selectors.get_balance). Fees have no floor: they may be due where
    the limit for ads is used up.
    """

    class Kind(models.TextChoices):
        GATEWAY_CLEARING = "gateway_clearing", _("With a payment provider")
        BANK = "bank", _("Bank")
        PSP_COST = "psp_cost", _("Providers' fees")
        WALLET = "wallet", _("Wallet")
        ESCROW = "escrow", _("Held for requests")
        SELLER_PAYABLE = "seller_payable", _("Owed to a seller")
        FEE_INCOME = "fee_income", _("Fees")
        COMMISSION_PAYABLE = "commission_payable", _("Commissions owed")
        PAYOUT_CLEARING = "payout_clearing", _("Payouts on their way")
        REFUND_CLEARING = "refund_clearing", _("Refunds on their way")
        PACKET = "packet", _("Red packets")
        AD_RECEIVABLE = "ad_receivable", _("Ads on credit")
        AD_FEES = "ad_fees", _("Fees for ads on credit")
        AD_PREPAID = "ad_prepaid", _("Paid ahead for ads")
        AD_INCOME = "ad_income", _("Ads")
        MARKETING = "marketing", _("Coupons")
        CHARGEBACK_LOSS = "chargeback_loss", _("Lost by chargebacks")
        WRITE_OFF = "write_off", _("Written off")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    channel = models.ForeignKey(
        "sellers.Channel", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    provider = models.CharField(_("provider"), max_length=20, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    is_materialized = models.BooleanField(default=False, editable=False)
    balance_minor = models.BigIntegerField(_("balance"), default=0, editable=False)
    floor_minor = models.BigIntegerField(_("floor"), null=True, blank=True, editable=False)  # -N: a credit of N

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "channel", "provider", "currency"],
                name="account_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(floor_minor=None) | Q(balance_minor__gte=models.F("floor_minor")),
                name="account_above_floor",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=DEBTS) | Q(balance_minor__lte=0), name="account_debt_not_overpaid"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_PEOPLE, person__isnull=False, channel=None)
                | Q(kind__in=OF_CHANNELS, person=None, channel__isnull=False)
                | (~Q(kind__in=OWNED) & Q(person=None, channel=None)),
                name="account_belongs_to_its_kind",
            ),
        ]
        triggers = [
            Guard(
                name="opens_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.balance_minor <> 0 THEN {refuse("an account opens empty")} END IF;
                    NEW.is_materialized := NEW.kind IN ({words_sql(OWNED)});
                    NEW.floor_minor := CASE WHEN NEW.is_materialized AND NEW.kind <> 'ad_fees' THEN 0 END;
                    RETURN NEW;
                """,
            ),
            # A posting's own trigger is the only thing that updates a balance from inside another trigger.
            Guard(
                name="balance_moves_by_posting",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF NEW.balance_minor <> OLD.balance_minor AND pg_trigger_depth() < 2 THEN
                        {refuse("a balance moves only with a posting")}
                    END IF;
                    IF (NEW.id, NEW.kind, NEW.person_id, NEW.channel_id, NEW.provider, NEW.currency, NEW.is_materialized)
                        IS DISTINCT FROM
                        (OLD.id, OLD.kind, OLD.person_id, OLD.channel_id, OLD.provider, OLD.currency, OLD.is_materialized)
                    THEN {refuse("an account stays what it is")} END IF;
                    IF NEW.floor_minor IS DISTINCT FROM OLD.floor_minor
                        AND (NEW.kind <> 'ad_receivable' OR NEW.floor_minor IS NULL OR NEW.floor_minor > 0)
                    THEN {refuse("only a credit limit moves")} END IF;
                    RETURN NEW;
                """,
            ),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk} ({self.currency})"


class Snapshot(models.Model):
    """What an account without a balance column held once; only postings after ``until`` need to be summed."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="snapshot")
    balance_minor = models.BigIntegerField(_("balance"))
    until = models.DateTimeField(_("entries before"))

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance_minor}"


class Entry(models.Model):
    """One movement of money: two or more postings that sum to 0 in each currency. Written by ``payments_post`` only."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid in")  # E1, first pair
        HELD = "held", _("Held")  # E1, second pair
        SETTLED = "settled", _("Settled by the provider")  # E2
        RELEASED = "released", _("Released")  # E3
        REFUNDED = "refunded", _("Refunded")  # E4
        CARD_REFUND = "card_refund", _("Refund to a card")  # E4
        CARD_REFUND_DONE = "card_refund_done", _("Refund has left")
        CARD_REFUND_BACK = "card_refund_back", _("Refund came back")
        SPLIT = "split", _("Split")  # E5
        PAYOUT = "payout", _("Payout")  # E6
        PAYOUT_CONFIRMED = "payout_confirmed", _("Payout arrived")
        PAYOUT_RETURNED = "payout_returned", _("Payout returned")
        CHARGED_BACK = "charged_back", _("Charged back")  # E9, E9a
        AD_CHARGED = "ad_charged", _("Ads shown")  # E8, E8b
        AD_FEE = "ad_fee", _("Fee for ads on credit")  # E8
        AD_REPAID = "ad_repaid", _("Ads repaid")  # E8
        AD_WRITTEN_OFF = "ad_written_off", _("Ads written off")  # E8
        AD_PREPAID = "ad_prepaid", _("Ads paid ahead")  # E8b
        AD_RETURNED = "ad_returned", _("Ads not shown, paid back")  # E8b
        OTHER = "other", _("Other")  # of rooms above: packets, coupons

    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    request = models.ForeignKey(
        "payments.MoneyRequest", null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    version = models.PositiveIntegerField(null=True)
    body_hash = models.BinaryField()
    xid = XidField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint("request", "version", name="entry_once_per_version"),
            models.CheckConstraint(
                condition=Q(request=None, version=None) | Q(request__isnull=False, version__isnull=False),
                name="entry_of_request_has_version",
            ),
        ]
        indexes = [models.Index("at", name="entry_by_time")]
        triggers = [
            *append_only(),
            Guard(
                name="sums_to_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("legs", "bigint"), ("uneven", "bigint")],
                func=f"""
                    SELECT coalesce(sum(n), 0), count(*) FILTER (WHERE total <> 0) INTO legs, uneven FROM (
                        SELECT count(*) AS n, sum(amount_minor) AS total FROM payments_posting
                        WHERE entry_id = NEW.id GROUP BY currency
                    ) AS currencies;
                    IF legs < 2 OR uneven > 0 THEN {refuse("entry % does not sum to zero", "NEW.id")} END IF;
                    RETURN NULL;
                """,  # noqa: S608 - our own words only
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class Posting(models.Model):
    """One leg of an entry. ``request`` is set on escrow's legs and on no others."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    request = models.ForeignKey(
        "payments.MoneyRequest", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_moves_something")]
        indexes = [
            models.Index("account", "id", name="posting_by_account"),
            models.Index("request", name="posting_by_request", condition=Q(request__isnull=False)),
        ]
        triggers = [
            *append_only(),
            Guard(
                name="lands",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("account", "payments_account")],
                func=f"""
                    PERFORM 1 FROM payments_entry WHERE id = NEW.entry_id AND xid = pg_current_xact_id();
                    IF NOT FOUND THEN {refuse("a leg is added with its entry or never")} END IF;
                    SELECT * INTO account FROM payments_account WHERE id = NEW.account_id;
                    IF account.currency <> NEW.currency THEN {refuse("a leg has its account''s currency")} END IF;
                    IF (account.kind = 'escrow') <> (NEW.request_id IS NOT NULL) THEN
                        {refuse("escrow''s legs name their request, others do not")}
                    END IF;
                    IF account.is_materialized THEN
                        UPDATE payments_account SET balance_minor = balance_minor + NEW.amount_minor
                        WHERE id = NEW.account_id;
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608 - our own words only
            ),
            Guard(
                name="escrow_is_as_stated",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.request_id IS NOT NULL"),
                func="PERFORM payments_check_escrow(NEW.request_id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class Effect(models.Model):
    """What a key has done: the same key with the same words gives the same result, with others it is refused (I4)."""

    key = models.CharField(max_length=100, primary_key=True)
    body_hash = models.BinaryField()
    result_model = models.CharField(max_length=40, blank=True, default="")
    result_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        triggers = [
            never_deleted(),
            never_truncated(),
            Guard(
                name="stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF NEW.key <> OLD.key OR NEW.body_hash <> OLD.body_hash OR OLD.result_id IS NOT NULL THEN
                        {refuse("what a key has done is done")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key
