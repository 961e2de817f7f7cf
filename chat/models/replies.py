"""How soon a channel's team answers those who write to it."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sellers.models import Channel

HOUR = 3600
_WORDS: tuple[tuple[int, Promise], ...] = (
    (HOUR, _("Usually replies within an hour")),
    (6 * HOUR, _("Usually replies within a few hours")),
    (24 * HOUR, _("Usually replies within a day")),
    (72 * HOUR, _("Usually replies within a few days")),
)


class ReplyTime(models.Model):
    """The median of ``talks`` conversations, counted every night; a channel with too few has none."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="reply_time")
    seconds = models.PositiveIntegerField(_("seconds until the first answer"))
    talks = models.PositiveIntegerField(_("conversations counted"))
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("reply time")
        verbose_name_plural = _("reply times")

    def __str__(self) -> str:
        return f"{self.seconds} s"

    @property
    def words(self) -> str:
        """Empty for who takes longer than it would help to know."""
        return next((str(words) for most, words in _WORDS if self.seconds <= most), "")
