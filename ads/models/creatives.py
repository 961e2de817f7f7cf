"""What an ad shows, as staff checked it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import Campaign


class Creative(models.Model):
    """The words and the subject of a campaign's ad. A change is a new row; the newest is the one that counts.

    ``fingerprint`` is of what the subject itself showed when it was sent in (title, text, pictures): once that differs
    the ad is checked anew (ads.selectors.campaigns.get_fingerprints).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")
        REPLACED = "replaced", _("Replaced")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="creatives")
    product = models.ForeignKey("sellers.Product", null=True, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(_("words"), max_length=80, blank=True)
    fingerprint = models.CharField(max_length=32, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("checked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    created_at = models.DateTimeField(_("sent in"), default=timezone.now)

    class Meta:
        verbose_name = _("creative")
        verbose_name_plural = _("creatives")
        constraints = [
            models.UniqueConstraint("campaign", condition=Q(state="waiting"), name="one_creative_waits"),
            models.UniqueConstraint("campaign", condition=Q(state="accepted"), name="one_creative_accepted"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="creative_rejected_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.line or str(self.campaign)
