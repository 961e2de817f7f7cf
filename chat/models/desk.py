"""What a team keeps beside its chats: labels, saved replies, office hours."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from sellers.models import Channel
from sellers.models.channels import HUES

MAX_LABELS = 20
MAX_REPLIES = 50


class Label(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="chat_labels")
    name = models.CharField(_("name"), max_length=30)
    hue = models.PositiveSmallIntegerField(_("hue"), default=0, validators=[MaxValueValidator(HUES - 1)])

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [models.UniqueConstraint("channel", Lower("name"), name="label_once")]

    def __str__(self) -> str:
        return self.name


class SavedReply(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="saved_replies")
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")

    def __str__(self) -> str:
        return self.title


class OfficeHours(models.Model):
    """When somebody answers, on the clock of the channel's market; outside of it ``text`` does, if ``is_on``.

    ``closes_at`` before ``opens_at`` means the hours pass midnight.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="office_hours")
    is_on = models.BooleanField(_("answer by itself outside these hours"), default=False)
    days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days"), default=list)  # Monday is 0
    opens_at = models.TimeField(_("from"), default=dt.time(9))
    closes_at = models.TimeField(_("until"), default=dt.time(18))
    text = models.TextField(_("answer"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def is_open_at(self, moment: dt.datetime) -> bool:
        """``moment`` on the channel's own clock."""
        day, time = moment.weekday(), moment.time()
        if self.opens_at < self.closes_at:
            return day in self.days and self.opens_at <= time < self.closes_at
        yesterday = (day - 1) % 7
        return (day in self.days and time >= self.opens_at) or (yesterday in self.days and time < self.closes_at)
