"""A money request: "please pay", made by the seller or by the shopper's Buy; its money is held until goods arrive."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import MAX_MINOR
from payments.fees import WHOLE
from payments.machine import ENDED, IN_ESCROW, State
from payments.models.guards import append_only
from payments.models.ledger import CURRENCIES
from payments.models.request_guards import GUARDS

TOKEN_BYTES = 12


def new_token() -> str:
    """An address nobody can guess: 16 letters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class MoneyRequestQuerySet(models.QuerySet["MoneyRequest"]):
    def payable(self) -> "MoneyRequestQuerySet":
        return self.filter(state=State.REQUESTED)

    def in_escrow(self) -> "MoneyRequestQuerySet":
        return self.filter(state__in=IN_ESCROW)

    def due(self, now: dt.datetime) -> "MoneyRequestQuerySet":
        """Requests whose timer has run out."""
        return self.filter(due_at__lte=now)

    def to_remind(self, now: dt.datetime, until: dt.datetime) -> "MoneyRequestQuerySet":
        """Requests whose timer runs out after ``now`` and by ``until``, less those whose people were told of it."""
        return self.filter(due_at__gt=now, due_at__lte=until).exclude(reminded_of=F("due_at"))

    def of_buyer(self, person_id: int) -> "MoneyRequestQuerySet":
        """What a person was asked for or bought; a seller's drafts are not hers to see."""
        return self.filter(buyer=person_id).exclude(state=State.DRAFT)


class MoneyRequest(models.Model):
    """One status column, a version that every transition moves by one, and one timer (``due_at``, never none while open).

    ``amount_minor`` is what the buyer pays: lines + delivery - discount - coupon. ``fee_minor`` is the fee on all of it; what is
    really taken is the fee on what the seller gets (payments.fees). The guards below hold whatever the program does.
    """

    class Origin(models.TextChoices):
        SELLER = "seller", _("Asked by the seller")
        BUYER = "buyer", _("Bought by the shopper")

    class Timer(models.TextChoices):
        NONE = "", "-"
        DROP = "drop", _("The draft is dropped")
        EXPIRE = "expire", _("The request expires")
        REFUND_UNSHIPPED = "refund_unshipped", _("Refunded unless shipped")
        AUTO_RELEASE = "auto_release", _("Released to the seller")
        REFUND_SILENT = "refund_silent", _("Refunded unless the seller answers")
        DISPUTE_LATE = "dispute_late", _("A second person looks at it")
        DISPUTE_REFUND = "dispute_refund", _("Refunded unless decided")

    token = models.CharField(max_length=16, unique=True, default=new_token, editable=False)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("buyer"), on_delete=models.PROTECT, related_name="money_requests"
    )
    channel = models.ForeignKey(
        "sellers.Channel", verbose_name=_("channel"), on_delete=models.PROTECT, related_name="money_requests"
    )
    product = models.ForeignKey(
        "sellers.Product", null=True, blank=True, on_delete=models.SET_NULL, related_name="money_requests"
    )
    coupon = models.ForeignKey(
        "payments.Coupon", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # whose code stands in the terms that count
    origin = models.CharField(max_length=10, choices=Origin.choices)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.REQUESTED)
    version = models.PositiveIntegerField(default=1)
    terms_version = models.PositiveIntegerField(default=1)  # the RequestVersion that counts
    amount_minor = models.BigIntegerField(_("amount"))
    fee_basis_points = models.PositiveIntegerField(_("fee in basis points"))
    fee_minor = models.BigIntegerField(_("fee"))
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    timer = models.CharField(max_length=20, choices=Timer.choices, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reminded_of = models.DateTimeField(null=True, editable=False)  # the ``due_at`` that was told of before it came
    address = models.JSONField(null=True, blank=True)  # as the buyer gave it; see selectors.visible_address
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    requested_at = models.DateTimeField(_("requested"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = MoneyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("money request")
        verbose_name_plural = _("money requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, amount_minor__lte=MAX_MINOR), name="request_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(fee_basis_points__lte=WHOLE, fee_minor__gte=0, fee_minor__lte=F("amount_minor")),
                name="request_fee_in_range",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="refunded_at_most_all",
            ),
            models.CheckConstraint(
                condition=~Q(state="refunded") | Q(refunded_minor=F("amount_minor")), name="refunded_means_all"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "shipped", "delivered", "refund_requested", "disputed", "released"])
                | Q(refunded_minor__lt=F("amount_minor")),
                name="something_is_left",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in ENDED], due_at=None, timer="")
                | (~Q(state__in=[str(state) for state in ENDED]) & Q(due_at__isnull=False) & ~Q(timer="")),
                name="open_request_has_a_timer",
            ),
        ]
        indexes = [
            models.Index("due_at", name="request_due", condition=Q(due_at__isnull=False)),
            models.Index("buyer", F("id").desc(), name="request_of_buyer"),
            models.Index("channel", "state", F("id").desc(), name="request_of_channel"),
        ]
        triggers = GUARDS

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("payments:request", args=[self.token])

    @property
    def held_minor(self) -> int:
        """What Bisat holds for this request now."""
        return self.amount_minor - self.refunded_minor if self.state in IN_ESCROW else 0

    def is_payable(self) -> bool:
        return self.state == State.REQUESTED and self.due_at is not None and self.due_at > timezone.now()

    def is_ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is paid for; ``unit_minor`` is the price of one at the version shown."""

    title: str
    unit_minor: int
    quantity: int = 1
    product_id: int | None = None
    variant_id: int | None = None
    options: str = ""  # "M / teal"

    @property
    def total_minor(self) -> int:
        return self.unit_minor * self.quantity


class RequestVersion(models.Model):
    """What was asked at one version, frozen: the buyer pays exactly this or nothing."""

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    line_rows = models.JSONField(_("lines"))
    delivery_minor = models.BigIntegerField(_("delivery"), default=0)
    discount_minor = models.BigIntegerField(_("discount"), default=0)
    coupon_code = models.CharField(_("coupon"), max_length=20, blank=True, default="", db_default="")
    coupon_minor = models.BigIntegerField(_("taken off by the coupon"), default=0, db_default=0)
    amount_minor = models.BigIntegerField(_("amount"))
    fee_minor = models.BigIntegerField(_("fee"))
    delivery = models.TextField(_("delivery promise"), blank=True)
    returns = models.TextField(_("returns"), blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint("request", "version", name="terms_once_per_version"),
            models.CheckConstraint(
                condition=Q(delivery_minor__gte=0, discount_minor__gte=0), name="terms_parts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(coupon_code="", coupon_minor=0) | (~Q(coupon_code="") & Q(coupon_minor__gte=1)),
                name="terms_name_their_coupon",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.request_id} v{self.version}"

    @property
    def lines(self) -> list[Line]:
        return [Line(**row) for row in self.line_rows]

    @property
    def goods_minor(self) -> int:
        """What the goods cost before a coupon, without delivery."""
        return sum(line.total_minor for line in self.lines) - self.discount_minor


class RequestTransition(models.Model):
    """One change of a request: who, when, why. Never edited."""

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="transitions", db_index=False)
    version = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices)
    who = models.CharField(max_length=10)  # payments.machine.Who
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    key = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        constraints = [models.UniqueConstraint("request", "version", name="transition_once_per_version")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
