"""A campaign: what is advertised, where, to whom, how long, and with whose money."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import DECIMALS

CURRENCIES = [(code, code) for code in DECIMALS]


class Campaign(models.Model):
    """One product post, or a channel as a whole, shown as an ad until its budget or its time is over.

    Amounts are minor units of ``currency``, which is the channel's. ``bid_minor`` is the most one click may cost.
    """

    class Funding(models.TextChoices):
        PREPAID = "prepaid", _("Paid ahead")
        CREDIT = "credit", _("On credit")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("Being checked")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")
        REJECTED = "rejected", _("Not accepted")

    class Placement(models.TextChoices):
        TAB = "tab", _("Shop tab")
        CATEGORY = "category", _("Category")
        SEARCH = "search", _("Search")
        PRODUCT = "product", _("Product page")

    channel = models.ForeignKey("sellers.Channel", on_delete=models.PROTECT, related_name="campaigns")
    product = models.ForeignKey(
        "sellers.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )  # None: the channel itself
    name = models.CharField(_("name"), max_length=80)
    funding = models.CharField(_("paid"), max_length=10, choices=Funding.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    placements = ArrayField(models.CharField(max_length=10, choices=Placement.choices), verbose_name=_("placements"))
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    bid_minor = models.BigIntegerField(_("most for a click"))
    daily_budget_minor = models.BigIntegerField(_("budget a day"))
    total_budget_minor = models.BigIntegerField(_("budget in all"))
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="campaign_ends_after_start"),
            models.CheckConstraint(
                condition=Q(bid_minor__gt=0, bid_minor__lte=F("daily_budget_minor"))
                & Q(daily_budget_minor__lte=F("total_budget_minor")),
                name="campaign_bid_within_budgets",
            ),
        ]

    def __str__(self) -> str:
        return self.name
