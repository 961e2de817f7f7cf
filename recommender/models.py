"""What people did with things, and the tables of neighbours that are made of it.

``Interaction`` and ``Impression`` are partitioned by day (migration 0002): nothing points to them and they hold no
constraint on other rooms' rows, so that writing is cheap and an old day goes by dropping its partition.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sellers.models import Product


class Deed(models.Model):
    """One thing done at one moment by a person, or by a guest under the key of her session."""

    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    guest = models.CharField(max_length=32, blank=True, default="")
    product_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


class Interaction(Deed):
    class Kind(models.TextChoices):
        VIEW = "view", _("looked at")
        SEARCH_CLICK = "search_click", _("opened from a search")
        SAVE = "save", _("saved")
        SHARE = "share", _("shared")
        FOLLOW = "follow", _("followed its channel")
        ASK = "ask", _("asked about it")
        REQUEST = "request", _("wants to buy it")
        PAY = "pay", _("paid for it")
        HIDE = "hide", _("hid it")
        NOT_INTERESTED = "not_interested", _("not interested")

    # What one event says for a thing. A look's say grows with its length (recommender.services.interactions).
    WEIGHTS = {
        Kind.VIEW: 1.0,
        Kind.SEARCH_CLICK: 1.0,
        Kind.SAVE: 3.0,
        Kind.SHARE: 3.0,
        Kind.ASK: 4.0,
        Kind.REQUEST: 5.0,
        Kind.PAY: 6.0,
    }

    kind = models.CharField(max_length=16, choices=Kind.choices)
    channel_id = models.BigIntegerField(null=True)
    dwell_ms = models.IntegerField(null=True)  # how long it was in sight

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")

    def __str__(self) -> str:
        return f"{self.person_id or self.guest} {self.kind} {self.product_id}"


class Impression(Deed):
    """A thing was shown: where, in which place of the list, and how probable that was."""

    place = models.CharField(max_length=20)
    slot = models.SmallIntegerField()
    probability = models.FloatField()

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")

    def __str__(self) -> str:
        return f"{self.product_id} in {self.place} {self.slot}"


class Refusal(models.Model):
    """Somebody does not want to see a thing: it holds until she leaves, not until a day's events are pruned."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="refusals")
    guest = models.CharField(max_length=32, blank=True, default="")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [
            models.UniqueConstraint("person", "product", name="refusal_once"),
            models.UniqueConstraint("guest", "product", name="guest_refusal_once", condition=~Q(guest="")),
            models.CheckConstraint(condition=Q(person=None) ^ Q(guest=""), name="refusal_is_somebodys"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.guest} / {self.product_id}"
