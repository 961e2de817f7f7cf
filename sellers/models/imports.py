"""What a seller brings from elsewhere and takes along: imports with a record for each row, exports of a whole channel."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sellers.models.channels import Channel
from sellers.models.posts import Post


class ImportQuerySet(models.QuerySet["Import"]):
    def working(self) -> "ImportQuerySet":
        """Imports a worker should be at."""
        return self.filter(state__in=Import.WORKING)


class Import(models.Model):
    """One file that becomes posts. ``position`` is the line or message done last: it moves with the rows it wrote."""

    class Kind(models.TextChoices):
        CATALOGUE = "catalogue", _("Catalogue")
        TELEGRAM = "telegram", _("Telegram channel")
        CHANNEL = "channel", _("Channel of Bisat")

    class State(models.TextChoices):
        LOOKING = "looking", _("Being looked at")
        MAPPING = "mapping", _("Columns to check")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    WORKING = (State.LOOKING, State.RUNNING, State.UNDOING)

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.LOOKING)
    name = models.CharField(_("file"), max_length=200)
    file = models.CharField(max_length=120, blank=True)  # in the private storage; gone once it is done with
    pictures_file = models.CharField(max_length=120, blank=True)  # a ZIP of a catalogue's pictures
    size = models.PositiveBigIntegerField(default=0)
    # How to read the file and what the seller chose: encoding, delimiter, header, samples, mapping, category, stock …
    reading = models.JSONField(default=dict)
    header_key = models.CharField(max_length=32, blank=True)  # of a table's columns: its mapping is remembered by it
    position = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)  # lines or messages, as far as known
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=dict)  # how many of each kind were left out
    problem = models.CharField(max_length=300, blank=True)  # why the whole file was refused
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)  # by a worker
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index("channel", models.F("id").desc(), name="import_of_channel"),
            models.Index(
                "touched_at", name="import_working", condition=models.Q(state__in=["looking", "running", "undoing"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboard:import", args=[self.channel.handle, self.pk])

    def is_working(self) -> bool:
        return self.state in self.WORKING

    def can_undo(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED) and bool(self.new or self.changed)

    @property
    def percent(self) -> int:
        """How far it is, of a hundred."""
        return min(100, self.position * 100 // self.total) if self.total else 0

    def skips(self) -> list[tuple[str, int]]:
        """(kind, count) of what was left out, most first."""
        return sorted(self.skipped.items(), key=lambda pair: (-pair[1], pair[0]))


class ImportTransition(models.Model):
    """One change of an import's state: who and when. Never edited."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=Import.State.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=Import.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of an import")
        verbose_name_plural = _("changes of imports")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class ImportRow(models.Model):
    """What became of one row or message; rows that changed nothing are only counted.

    ``version`` is the post's as the import left it: a later one means that somebody changed it since. ``offer`` is the
    product that a message seems to sell: title, price_minor, category (id or None), confidence, stock.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        REFUSED = "refused", _("Refused")

    class Offer(models.TextChoices):
        NONE = "", ""
        OPEN = "open", _("To review")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=500, blank=True)  # why it was refused, or what is lacking
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="import_rows")
    version = models.PositiveIntegerField(null=True)
    offer = models.JSONField(null=True)
    offer_state = models.CharField(max_length=10, choices=Offer.choices, default=Offer.NONE, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint("job", "line", name="import_line_once")]
        indexes = [
            models.Index("job", "line", name="import_offers", condition=models.Q(offer_state="open")),
            models.Index("job", "line", name="import_reasons", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.line} {self.outcome}"


class PostOrigin(models.Model):
    """Where an imported post came from, so that the same thing is not brought twice."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)  # "telegram:4711:12": kind, source, number there

    class Meta:
        verbose_name = _("origin of a post")
        verbose_name_plural = _("origins of posts")
        constraints = [models.UniqueConstraint("channel", "key", name="origin_once")]

    def __str__(self) -> str:
        return self.key


class ChannelExport(models.Model):
    """A whole channel as a ZIP in the private storage, until ``expires_at``."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="exports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export of a channel")
        verbose_name_plural = _("exports of channels")
        constraints = [
            models.UniqueConstraint("channel", condition=models.Q(state="running"), name="one_export_at_a_time")
        ]
        indexes = [models.Index("expires_at", name="channel_export_expires", condition=models.Q(state="ready"))]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.state}"

    def is_working(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
