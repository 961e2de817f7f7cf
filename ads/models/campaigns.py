"""A campaign: what is advertised, where, to whom, how long, and with whose money."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import DECIMALS
from payments.models.guards import append_only

CURRENCIES = [(code, code) for code in DECIMALS]


class Campaign(models.Model):
    """One product post, or a channel as a whole, shown as an ad until its budget or its time is over.

    Amounts are minor units of ``currency``, which is the channel's. ``bid_minor`` is the most one click may cost.
    ``spent_minor`` was charged, ``leased_minor`` is out on leases (ads.services.charging). ``dry_at`` says since when
    there is budget but no money for it. Whoever changes what the auction reads sets ``changed_at``.
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

    class People(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        FOLLOWERS = "followers", _("Those who follow the channel")
        LOOK_ALIKES = "look_alikes", _("People like those who buy, save and follow here")

    channel = models.ForeignKey("sellers.Channel", on_delete=models.PROTECT, related_name="campaigns")
    product = models.ForeignKey(
        "sellers.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )  # None: the channel itself
    name = models.CharField(_("name"), max_length=80)
    funding = models.CharField(_("paid"), max_length=10, choices=Funding.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    placements = ArrayField(models.CharField(max_length=10, choices=Placement.choices), verbose_name=_("placements"))
    people = models.CharField(_("who sees it"), max_length=12, choices=People.choices, default=People.EVERYBODY)
    category_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("interested in"))
    city = models.CharField(_("city"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    bid_minor = models.BigIntegerField(_("most for a click"))
    daily_budget_minor = models.BigIntegerField(_("budget a day"))
    total_budget_minor = models.BigIntegerField(_("budget in all"))
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"))
    spent_minor = models.BigIntegerField(_("spent"), default=0, editable=False)
    leased_minor = models.BigIntegerField(default=0, editable=False)
    dry_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(spent_minor__gte=0, leased_minor__gte=0)
                & Q(total_budget_minor__gte=F("spent_minor") + F("leased_minor")),
                name="campaign_within_total",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left_minor(self) -> int:
        """What of the whole budget is neither spent nor out on leases."""
        return self.total_budget_minor - self.spent_minor - self.leased_minor

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed or run."""
        return self.status != self.Status.ENDED


class CampaignTransition(models.Model):
    """One change of a campaign's status: who, when, why. Never edited."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="transitions")
    from_status = models.CharField(max_length=10, choices=Campaign.Status.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=Campaign.Status.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # None: the program
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class LookAlike(models.Model):
    """Somebody who is like those who like the campaign's channel; made anew at night (recommender.get_look_alikes)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="look_alikes", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("look-alike")
        verbose_name_plural = _("look-alikes")
        constraints = [models.UniqueConstraint("campaign", "person", name="look_alike_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.person_id}"
