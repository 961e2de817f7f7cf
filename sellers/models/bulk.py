"""One change of many products at once, with what each said before, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sellers.models.categories import Category
from sellers.models.channels import Channel
from sellers.models.posts import Post


class BulkEdit(models.Model):
    """What is to change. It is previewed, carried out row by row, and may be undone once."""

    class Kind(models.TextChoices):
        PRICE = "price", _("Set the price")
        PERCENT = "percent", _("Change the price by percent")
        AMOUNT = "amount", _("Change the price by an amount")
        STOCK = "stock", _("Set the stock")
        UNITS = "units", _("Change the stock")
        CATEGORY = "category", _("Move to a category")
        ARCHIVE = "archive", _("Archive")

    class State(models.TextChoices):
        PREVIEW = "preview", _("Preview")
        APPLYING = "applying", _("Under way")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    RUNNING = (State.APPLYING, State.UNDOING)

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="bulk_edits", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=10)  # of the sentences kept with its rows
    kind = models.CharField(_("what changes"), max_length=10, choices=Kind.choices)
    value = models.BigIntegerField(_("value"), null=True)  # minor units, percents or units; below zero takes away
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREVIEW)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        indexes = [
            models.Index("channel", models.F("id").desc(), name="bulk_edits_of_channel"),
            models.Index("id", name="bulk_edits_running", condition=models.Q(state__in=["applying", "undoing"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


class BulkRow(models.Model):
    """One product of a bulk edit: ``before`` and ``after`` hold what may change, ``problem`` why it does not."""

    class State(models.TextChoices):
        READY = "ready", _("Will change")
        REFUSED = "refused", _("Stays as it is")
        DONE = "done", _("Changed")
        KEPT = "kept", _("Not undone")
        UNDONE = "undone", _("Undone")

    bulk = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="rows")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    version = models.PositiveIntegerField()  # of the post: as previewed, then as changed
    before = models.JSONField()
    after = models.JSONField()
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("row of a bulk edit")
        verbose_name_plural = _("rows of a bulk edit")
        constraints = [models.UniqueConstraint("bulk", "post", name="bulk_row_once")]
        indexes = [models.Index("bulk", "state", "id", name="bulk_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.bulk_id}/{self.post_id}"
