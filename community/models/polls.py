"""Polls: one choice a person, which she may change until the poll closes."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.topics import Topic

MAX_QUESTION = 160
MAX_OPTION = 80
LEAST_OPTIONS, MOST_OPTIONS = 2, 6


class Poll(models.Model):
    """Whether it is open is asked of the clock when it is read; ``told_at`` is when its result was told."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="poll")
    question = models.CharField(_("question"), max_length=MAX_QUESTION)
    closes_at = models.DateTimeField(_("closes"))
    vote_count = models.PositiveIntegerField(_("votes"), default=0)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        indexes = [models.Index("closes_at", name="poll_to_be_told", condition=models.Q(told_at=None))]

    def __str__(self) -> str:
        return self.question

    def is_open(self, now: dt.datetime | None = None) -> bool:
        return (now or timezone.now()) < self.closes_at


class PollOption(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(_("option"), max_length=MAX_OPTION)
    position = models.PositiveSmallIntegerField()
    vote_count = models.PositiveIntegerField(_("votes"), default=0)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="poll_option_once")]

    def __str__(self) -> str:
        return self.text


class PollVote(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    voted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="poll_vote_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.option_id}"
