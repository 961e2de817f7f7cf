"""What the logs come to, day by day: the small tables from which every page of insights is drawn.

Days are those of UTC, like the logs' partitions. Each row of a day is replaced as a whole when the day is counted
again (insights.services.rollups), so a figure is never counted twice.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.visits import Place
from sellers.models import Category, Channel


class Shopper(models.Model):
    """Somebody who did something once: a person, or a guest under a hash of her key; after she signed up the same one.

    ``who`` is a hash of her key as a guest, else of her number. It goes with her account.
    """

    who = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    first_day = models.DateField()

    class Meta:
        verbose_name = _("shopper")
        verbose_name_plural = _("shoppers")

    def __str__(self) -> str:
        return f"{self.who}"


class ShopperDay(models.Model):
    """A shopper did something on a day; kept for as many days as months of shoppers and retention look back."""

    day = models.DateField()
    shopper = models.ForeignKey(Shopper, on_delete=models.CASCADE, db_constraint=False, related_name="+")

    class Meta:
        verbose_name = _("day of a shopper")
        verbose_name_plural = _("days of shoppers")
        constraints = [models.UniqueConstraint("day", "shopper", name="shopper_once_a_day")]

    def __str__(self) -> str:
        return f"{self.shopper_id} {self.day}"


class CohortDay(models.Model):
    """Of those first seen on ``first_day``, how many were here ``after`` days later; after 0: all of them."""

    AFTER = (0, 1, 7, 30)

    first_day = models.DateField()
    after = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("return of a cohort")
        verbose_name_plural = _("returns of cohorts")
        constraints = [models.UniqueConstraint("first_day", "after", name="cohort_once_a_day")]

    def __str__(self) -> str:
        return f"{self.first_day} +{self.after}: {self.people}"


class ShopDay(models.Model):
    """The whole house on a day. A final one says that the day is counted and over."""

    day = models.DateField(_("day"), primary_key=True)
    is_final = models.BooleanField(default=False)
    rolled_at = models.DateTimeField(_("counted"), auto_now=True)
    shoppers = models.PositiveIntegerField(default=0)
    week_shoppers = models.PositiveIntegerField(default=0)  # in the 7 days that end with this one
    month_shoppers = models.PositiveIntegerField(default=0)  # in the 30 days
    timed_shoppers = models.PositiveIntegerField(default=0)  # those of whom a time is known
    seconds = models.BigIntegerField(default=0)
    median_seconds = models.PositiveIntegerField(default=0)  # of the timed shoppers
    open_stores = models.PositiveIntegerField(default=0)
    active_stores = models.PositiveIntegerField(null=True)  # None of days before it was counted
    paid = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    # talks begun in the 28 days that end with this one
    talks = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    reply_median = models.PositiveIntegerField(null=True)  # seconds
    reply_p90 = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("day of the house")
        verbose_name_plural = _("How the market fares")

    def __str__(self) -> str:
        return f"{self.day}"


class FunnelDay(models.Model):
    """What happened on a day to things of a category."""

    STEPS = ("seen", "asked", "requested", "paid", "released")

    day = models.DateField()
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    requested = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("category’s day")
        verbose_name_plural = _("categories’ days")
        constraints = [models.UniqueConstraint("day", "category", name="funnel_once_a_day")]

    def __str__(self) -> str:
        return f"{self.category_id} {self.day}"


class StoreWeek(models.Model):
    """A store posted or sold something in the week that begins on this Monday."""

    week = models.DateField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("active week of a store")
        verbose_name_plural = _("active weeks of stores")
        constraints = [models.UniqueConstraint("week", "channel", name="store_once_a_week")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.week}"


class ChannelDay(models.Model):
    """What happened to a channel and its things on a day, its own team left out."""

    COUNTS = ("shown", "seen", "saved", "asked", "requested", "paid", "followed")

    day = models.DateField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    shown = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    saved = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    requested = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)
    hours = ArrayField(models.PositiveIntegerField(), size=24, null=True)  # ``seen`` by the hour of UTC

    class Meta:
        verbose_name = _("channel’s day")
        verbose_name_plural = _("channels’ days")
        constraints = [models.UniqueConstraint("channel", "day", name="channel_once_a_day")]
        indexes = [models.Index("day", name="channel_day_by_day")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day}"


class ChannelSource(models.Model):
    """From where people came to a channel and its things on a day."""

    day = models.DateField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.CharField(max_length=10, choices=Place.choices)
    visits = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("way to a channel")
        verbose_name_plural = _("ways to channels")
        constraints = [models.UniqueConstraint("channel", "day", "place", name="channel_source_once_a_day")]
        indexes = [models.Index("day", name="channel_source_by_day")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day} {self.place}"


class SearchDay(models.Model):
    """Searches of a market and language on a day: all, those that found something, those that led to a thing."""

    day = models.DateField()
    market = models.CharField(max_length=8)
    language = models.CharField(max_length=10)
    searches = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    clicked = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("day of searches")
        verbose_name_plural = _("days of searches")
        constraints = [models.UniqueConstraint("day", "market", "language", name="searches_once_a_day")]

    def __str__(self) -> str:
        return f"{self.market} {self.language} {self.day}"


class SearchTerm(models.Model):
    """Words that found nothing on a day, the most frequent of each market."""

    day = models.DateField()
    market = models.CharField(max_length=8)
    words = models.CharField(max_length=80)
    searches = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("words that found nothing")
        verbose_name_plural = _("words that found nothing")
        constraints = [models.UniqueConstraint("day", "market", "words", name="term_once_a_day")]

    def __str__(self) -> str:
        return self.words


class AdMoneyDay(models.Model):
    """What the ledger says of ads on a day, in minor units of a currency."""

    day = models.DateField()
    currency = models.CharField(max_length=3)
    income_minor = models.BigIntegerField(default=0)
    lent_minor = models.BigIntegerField(default=0)  # ads on credit
    repaid_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("day of ads’ money")
        verbose_name_plural = _("days of ads’ money")
        constraints = [models.UniqueConstraint("day", "currency", name="ad_money_once_a_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
