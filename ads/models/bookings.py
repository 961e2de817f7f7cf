"""Official ads: packages at staff's prices, what was paid ahead for a campaign and where it came from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import CURRENCIES, Campaign
from core import markets
from core.models import new_key
from payments.models.guards import never_deleted, never_truncated


class Package(models.Model):
    """What sellers can book at one price: some days in some placements.

    ``names`` holds the name by language: {"en": ..., "fa": ...}; English stands in for what is missing.
    """

    names = models.JSONField(_("names by language"))
    market = models.CharField(_("market"), max_length=8, choices=markets.choices)
    placements = models.JSONField(_("placements"), default=list)
    days = models.PositiveIntegerField(_("days"))
    price_minor = models.BigIntegerField(_("price"))
    is_active = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("price list")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, price_minor__gte=1), name="package_of_something")
        ]

    def __str__(self) -> str:
        """In the reader's language."""
        return str(self.names.get(get_language() or "en") or self.names.get("en", ""))

    @property
    def currency(self) -> str:
        return markets.MARKETS[self.market].currency


class Booking(models.Model):
    """Money paid ahead for one campaign. What was not shown goes back where it came from: ``returned_minor``."""

    class Source(models.TextChoices):
        WALLET = "wallet", _("From a wallet")
        BALANCE = "balance", _("From the channel’s balance")

    token = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bookings")
    package = models.ForeignKey(Package, null=True, on_delete=models.PROTECT, related_name="bookings")
    source = models.CharField(_("from"), max_length=10, choices=Source.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(_("amount"))
    returned_minor = models.BigIntegerField(_("paid back"), default=0)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    at = models.DateTimeField(_("booked"), default=timezone.now)

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=1, returned_minor__gte=0, returned_minor__lte=F("amount_minor")),
                name="booking_returned_within_amount",
            )
        ]
        triggers = [never_deleted(), never_truncated()]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def kept_minor(self) -> int:
        """What has not gone back."""
        return self.amount_minor - self.returned_minor


class Checkout(models.Model):
    """Somebody is at a provider to pay for ads: once the money is in her wallet, it pays what it was meant for.

    Either a booking (``campaign``, perhaps a ``package``) or a statement. What cannot be paid any more leaves the
    money in the wallet and says why in ``refusal``.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for the payment")
        DONE = "done", _("Paid")
        REFUSED = "refused", _("Not paid")
        GONE = "gone", _("The payment did not come")

    attempt = models.OneToOneField("payments.PaymentAttempt", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="checkouts")
    package = models.ForeignKey(Package, null=True, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey("ads.Statement", null=True, on_delete=models.PROTECT, related_name="checkouts")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    refusal = models.CharField(_("why not"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")
        constraints = [
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, statement=None)
                | Q(campaign=None, package=None, statement__isnull=False),
                name="checkout_pays_one_thing",
            )
        ]
        indexes = [models.Index("id", name="checkout_waiting", condition=Q(status="waiting"))]

    def __str__(self) -> str:
        return f"#{self.pk}"
