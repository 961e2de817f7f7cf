"""Codes by which a channel takes something off its own price."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from core.money import MAX_MINOR
from payments.machine import COUPON_PAIRS, CouponState
from payments.models.guards import machine
from payments.models.ledger import CURRENCIES
from payments.models.requests import MoneyRequest

MAX_PERCENT = 99  # something is always left to pay


def fold_code(code: str) -> str:
    """A code as it is kept: in capitals, with Latin digits, without spaces, however it was typed."""
    return "".join(fold(code).split())


class Coupon(models.Model):
    """What a code takes off, when and how often. All but its state and its count of uses is fixed once it is made.

    ``percent`` counts for PERCENT, ``amount_minor`` for AMOUNT; DELIVERY takes off what delivery costs. ``ends_at`` is
    the first moment it no longer counts; a limit of None is none.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("A percentage")
        AMOUNT = "amount", _("An amount")
        DELIVERY = "delivery", _("Free delivery")

    State = CouponState

    channel = models.ForeignKey("sellers.Channel", on_delete=models.PROTECT, related_name="coupons", db_index=False)
    code = models.CharField(_("code"), max_length=20)  # as fold_code writes it
    kind = models.CharField(_("what it takes off"), max_length=10, choices=Kind.choices)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    minimum_minor = models.BigIntegerField(_("least price of the goods"), default=0)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    starts_at = models.DateTimeField(_("begins"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    person_limit = models.PositiveIntegerField(_("times for each person"), null=True, blank=True)
    total_limit = models.PositiveIntegerField(_("times in all"), null=True, blank=True)
    use_count = models.PositiveIntegerField(_("uses"), default=0)  # kept back or paid, not those given back
    state = models.CharField(_("state"), max_length=10, choices=CouponState.choices, default=CouponState.ACTIVE)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            models.UniqueConstraint("channel", "code", name="coupon_code_once"),
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gte=1, percent__lte=MAX_PERCENT, amount_minor=0)
                | Q(kind="amount", percent=0, amount_minor__gte=1, amount_minor__lte=MAX_MINOR)
                | Q(kind="delivery", percent=0, amount_minor=0),
                name="coupon_takes_off_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__gte=0, minimum_minor__lte=MAX_MINOR), name="coupon_minimum_in_range"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="coupon_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(total_limit=None) | Q(use_count__lte=F("total_limit")), name="coupon_used_within_limit"
            ),
        ]
        triggers = machine(
            COUPON_PAIRS,
            first=CouponState.ACTIVE,
            fixed=[
                *("channel_id", "code", "kind", "percent", "amount_minor", "minimum_minor", "currency"),
                *("starts_at", "ends_at", "person_limit", "total_limit"),
            ],
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        return self.total_limit is not None and self.use_count >= self.total_limit

    @property
    def last_day(self) -> dt.datetime | None:
        """A moment of the last day on which it counts."""
        return self.ends_at - dt.timedelta(seconds=1) if self.ends_at else None

    def off(self, *, goods_minor: int, delivery_minor: int) -> int:
        """Minor units it takes off goods and delivery, whether or not it counts now; the crumb is the seller's."""
        if self.kind == self.Kind.PERCENT:
            return goods_minor * self.percent // 100
        return min(self.amount_minor, goods_minor) if self.kind == self.Kind.AMOUNT else delivery_minor


class CouponUse(models.Model):
    """One use: kept back while a code stands on a request, paid with it, or given back.

    ``Coupon.use_count`` is the number of those that were not given back.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Kept back")
        USED = "used", _("Used")
        RETURNED = "returned", _("Given back")

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="coupon_uses")
    off_minor = models.BigIntegerField(_("taken off"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("use of a coupon")
        verbose_name_plural = _("uses of coupons")
        constraints = [
            models.UniqueConstraint("request", name="one_coupon_at_a_time", condition=~Q(state="returned")),
            models.CheckConstraint(condition=Q(off_minor__gte=1), name="coupon_takes_something_off"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} → {self.request_id}"
