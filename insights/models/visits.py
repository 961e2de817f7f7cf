"""What browsers tell of pages: how long they were in use, what led to them, what was searched for.

Both tables are partitioned by day (migration 0001): nothing points to them, and an old day goes by dropping its
partition (``insights.services.prune``).
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Place(models.TextChoices):
    """Pages of the shop, and where people come from."""

    TAB = "tab", _("shop tab")
    SEARCH = "search", _("search")
    CATEGORY = "category", _("categories")
    LIST = "list", _("newest and trending")
    PICKS = "picks", _("picked for you")
    FEED = "feed", _("feed")
    CHANNEL = "channel", _("a channel’s page")
    PRODUCT = "product", _("another thing’s page")
    SAVED = "saved", _("saved things")
    CHAT = "chat", _("a chat")
    AD = "ad", _("an ad")
    OUTSIDE = "outside", _("another site")
    DIRECT = "direct", _("a link or a bookmark")
    OTHER = "other", _("elsewhere in Bisat")


class Visit(models.Model):
    """A stretch of time in which one page was in front and in use.

    A page that is left and looked at again is several rows; only its first has ``came_from``, so rows that have it are
    visits. A guest who has done nothing yet is nobody and has none.
    """

    at = models.DateTimeField(default=timezone.now)  # of its end
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    guest = models.CharField(max_length=32, blank=True, default="")
    visible_ms = models.IntegerField()
    page = models.CharField(max_length=10, choices=Place.choices)
    came_from = models.CharField(max_length=10, choices=Place.choices, blank=True, default="")
    channel_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{self.page} {self.visible_ms}"


class Search(models.Model):
    """One page of results that was left. Nobody's: it knows the day but no moment, no person and no address."""

    day = models.DateField()
    market = models.CharField(max_length=8)
    language = models.CharField(max_length=10)
    words = models.CharField(max_length=80)  # in one spelling (shop.text.fold)
    found = models.IntegerField()
    is_clicked = models.BooleanField()  # one of the things found was opened

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def __str__(self) -> str:
        return self.words
