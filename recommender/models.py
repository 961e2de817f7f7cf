"""What people did with things, and the tables of neighbours that are made of it.

``Interaction`` and ``Impression`` are partitioned by day (migration 0002): nothing points to them and they hold no
constraint on other rooms' rows, so that writing is cheap and an old day goes by dropping its partition.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import markets
from sellers.models import Channel, Product


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
    arm = models.CharField(max_length=10, blank=True, default="", db_default="")  # recommender.lookers.Arm, if any

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


class HiddenChannel(models.Model):
    """Somebody does not want to see a channel: none of its things is picked for her, and it is not offered to her."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="hidden_channels"
    )
    guest = models.CharField(max_length=32, blank=True, default="")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("hidden channel")
        verbose_name_plural = _("hidden channels")
        constraints = [
            models.UniqueConstraint("person", "channel", name="hidden_channel_once"),
            models.UniqueConstraint("guest", "channel", name="guest_hidden_channel_once", condition=~Q(guest="")),
            models.CheckConstraint(condition=Q(person=None) ^ Q(guest=""), name="hidden_channel_is_somebodys"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.guest} / {self.channel_id}"


class Tuning(models.Model):
    """Settings that a validation slice of the log preferred; the next table is made with the newest."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    settings = models.JSONField(_("settings"))
    quality = models.JSONField(_("quality on the validation slices"))

    class Meta:
        verbose_name = _("tuning")
        verbose_name_plural = _("tunings")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Run(models.Model):
    """One making of the table, block by block; its rows are read only when it is live."""

    class State(models.TextChoices):
        RUNNING = "running", _("being made")
        STOPPED = "stopped", _("stopped")
        LIVE = "live", _("live")
        REFUSED = "refused", _("worse than the live one")
        PAST = "past", _("replaced")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    settings = models.JSONField(_("settings"))
    figures = models.JSONField(_("figures"), default=dict)  # recommender.training.evaluation.Figures
    trend = models.JSONField(default=dict)  # of each market: product ids and decayed popularity, the most popular first
    until = models.DateTimeField(_("events until"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    # Up to where the live table follows events, from ``until`` on; and those that came into the log late.
    refreshed_at = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("table of neighbors")
        verbose_name_plural = _("tables of neighbors")
        constraints = [
            models.UniqueConstraint("state", condition=Q(state="live"), name="one_live_table"),
            models.UniqueConstraint("state", condition=Q(state="running"), name="one_table_in_the_making"),
        ]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M}"


class RunTransition(models.Model):
    """One change of a run's state. Never edited."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=Run.State.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=Run.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Block(models.Model):
    """A piece of a run that one worker makes at once; the one of number -1 measures how good the table will be."""

    EVALUATION = -1

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="blocks")
    number = models.IntegerField()
    product_ids = ArrayField(models.BigIntegerField())
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [models.UniqueConstraint("run", "number", name="run_block_once")]

    def __str__(self) -> str:
        return f"{self.run_id} / {self.number}"


class Neighbors(models.Model):
    """A product's closest ones in one table, best first, with what each counts."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="neighbors", db_index=False)
    product_id = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    weights = ArrayField(models.FloatField())

    class Meta:
        verbose_name = _("neighbors")
        verbose_name_plural = _("neighbors")
        constraints = [models.UniqueConstraint("run", "product_id", name="neighbors_once")]

    def __str__(self) -> str:
        return f"{self.product_id}: {len(self.ids)}"


class Comparison(models.Model):
    """What was done from ``since`` to ``at`` by those for whom things are picked and by those who were held out."""

    at = models.DateTimeField(_("counted"), default=timezone.now)
    since = models.DateTimeField(_("counted since"))  # recommender.selectors.lift.get_start
    figures = models.JSONField(_("figures"))  # recommender.selectors.lift.to_json

    class Meta:
        verbose_name = _("comparison with people held out")
        verbose_name_plural = _("comparisons with people held out")

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}–{self.at:%Y-%m-%d}"


class Exposure(models.Model):
    """How often things of a channel were shown in the last seven days; counted anew every few minutes."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="+")
    market = models.CharField(_("market"), max_length=8, choices=markets.choices)
    shown = models.PositiveIntegerField(_("shown in seven days"), default=0)
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)

    class Meta:
        verbose_name = _("exposure of a channel")
        verbose_name_plural = _("exposure of channels")
        indexes = [models.Index("market", "shown", models.F("channel").desc(), name="exposure_least_first")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.shown}"
