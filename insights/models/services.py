"""What becomes of the cards on the seller services page."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CardMark(models.Model):
    """A person saw a service's card on this day, or opened it; whatever she does again that day is the same mark.

    ``service`` is a service's key, or the slug of a smoke test. Staff and robots leave none.
    """

    class Kind(models.TextChoices):
        SEEN = "seen", _("seen")
        OPENED = "opened", _("opened")

    service = models.CharField(_("service"), max_length=60)
    kind = models.CharField(_("what"), max_length=6, choices=Kind.choices)
    day = models.DateField(_("day"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("service's card")
        verbose_name_plural = _("services' cards")
        constraints = [
            models.UniqueConstraint("day", "service", "kind", "person", name="card_mark_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["seen", "opened"]), name="card_mark_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.kind} {self.day}"
