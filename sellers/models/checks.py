"""Product posts that staff look at: the first ones of a new channel before anybody sees them, later edits by sample."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sellers.models.posts import Post


class ListingCheck(models.Model):
    """One look of staff at a product post. Of a post one waits at a time; each change of state leaves a ListingStep.

    A FIRST one hides the post until it is approved; under an EDIT one it stays in sight unless it is sent back.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("New product")
        EDIT = "edit", _("Edit")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for staff")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Sent back")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(_("what is looked at"), max_length=6, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    price_before_minor = models.BigIntegerField(null=True)  # of an edit; in the product's currency
    new_pictures = models.PositiveSmallIntegerField(default=0)  # that an edit put in
    reason = models.CharField(_("reason"), max_length=500, blank=True)  # the seller reads it
    created_at = models.DateTimeField(_("waits since"), auto_now_add=True)
    closed_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("check of a product")
        verbose_name_plural = _("checks of products")
        constraints = [
            models.UniqueConstraint("post", name="one_open_check", condition=Q(state="waiting")),
            models.CheckConstraint(
                condition=Q(state="waiting", closed_at=None) | (~Q(state="waiting") & Q(closed_at__isnull=False)),
                name="check_closed_with_a_time",
            ),
        ]
        indexes = [models.Index("created_at", name="checks_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.post_id}"


class ListingStep(models.Model):
    """One change of a check's state: who, when, why. Never edited."""

    check_of = models.ForeignKey(ListingCheck, on_delete=models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=10, choices=ListingCheck.State.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=ListingCheck.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
