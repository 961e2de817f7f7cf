"""What became of ads: shown, held back, seen, clicked; what of it was charged; and the days made of it.

``Event`` is partitioned by day (migration 0003): nothing points to it, and an old day goes by dropping its partition.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import Campaign


class Event(models.Model):
    """Something with one ad and one viewer, once in its hour: the primary key is (campaign, kind, who, window_at).

    What comes again in that hour only raises ``repeats``. ``window_at`` is the hour in which the ad was given out, so a
    token counts once however late it is used. ``reason`` says why it is not charged; empty: it is, or waits for it.
    """

    class Kind(models.TextChoices):
        SERVED = "served", _("given out")
        WITHHELD = "withheld", _("held back")  # from the control group, which would have got it
        IMPRESSION = "impression", _("seen")
        CLICK = "click", _("clicked")

    class Reason(models.TextChoices):
        ROBOT = "robot", _("a robot")
        TEAM = "team", _("the channel’s own team")
        STAFF = "staff", _("our own staff")
        LATE = "late", _("too late after the ad was given out")
        BUDGET = "budget", _("the budget was spent")
        MONEY = "money", _("there was no money left for it")

    campaign_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    who = models.CharField(max_length=40)  # ads.selectors.audience.Viewer.who
    window_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()  # of ``at``, on the clock of the channel's market
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    placement = models.CharField(max_length=10, choices=Campaign.Placement.choices)
    price_minor = models.BigIntegerField(default=0)  # of a click, by the auction
    cost_minor = models.BigIntegerField(default=0)  # what was charged
    lease_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True, default="")
    repeats = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("ad event")
        verbose_name_plural = _("ad events")

    def __str__(self) -> str:
        return f"{self.who} {self.kind} {self.campaign_id}"


class CampaignDay(models.Model):
    """The money of one campaign on one day of its market. Spent and leased never pass the day's budget."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="days", db_index=False)
    day = models.DateField(_("day"))
    budget_minor = models.BigIntegerField(_("budget"))
    spent_minor = models.BigIntegerField(_("spent"), default=0)
    leased_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("day of a campaign")
        verbose_name_plural = _("days of campaigns")
        constraints = [
            models.UniqueConstraint("campaign", "day", name="campaign_day_once"),
            models.CheckConstraint(
                condition=Q(spent_minor__gte=0, leased_minor__gte=0)
                & Q(budget_minor__gte=F("spent_minor") + F("leased_minor")),
                name="campaign_day_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"

    @property
    def left_minor(self) -> int:
        return self.budget_minor - self.spent_minor - self.leased_minor


class Lease(models.Model):
    """Budget that one batch of clicks may cost at most. A campaign has one open lease, so a batch is charged once."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leases")
    day = models.ForeignKey(CampaignDay, on_delete=models.PROTECT, related_name="leases", db_index=False)
    amount_minor = models.BigIntegerField(_("amount"))
    cost_minor = models.BigIntegerField(_("cost"), default=0)
    clicks = models.IntegerField(_("clicks"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    taken_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lease of budget")
        verbose_name_plural = _("leases of budget")
        constraints = [
            models.UniqueConstraint("campaign", condition=Q(state="open"), name="one_open_lease"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, cost_minor__gte=0) & Q(amount_minor__gte=F("cost_minor")),
                name="lease_not_overspent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.amount_minor}"


class DailyCount(models.Model):
    """What a campaign brought on one day of its market (ads.selectors.report says what each count is)."""

    COUNTS = ("served", "withheld", "impressions", "clicks", "unbilled", "asks", "paid", "followers")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="counts", db_index=False)
    day = models.DateField(_("day"))
    served = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    impressions = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)
    unbilled = models.PositiveIntegerField(default=0)
    asks = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)
    followers = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counts of a day")
        verbose_name_plural = _("counts of days")
        constraints = [models.UniqueConstraint("campaign", "day", name="daily_count_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"


class Lift(models.Model):
    """People who were given a campaign's ad beside those it was held back from, as counted last."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, primary_key=True, related_name="lift")
    figures = models.JSONField()  # ads.selectors.report.get_arms, as recommender.selectors.lift.to_json writes it
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lift of a campaign")
        verbose_name_plural = _("lifts of campaigns")

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.at:%Y-%m-%d}"
