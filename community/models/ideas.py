"""Ideas: what somebody said and the team took up, with what becomes of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models.topics import MAX_TITLE, Reply
from payments.models.guards import append_only

MAX_IDEA = 1000
MAX_REASON = 500


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible(self) -> "IdeaQuerySet":
        """Those whose words members may read."""
        return self.filter(reply__is_hidden=False).exclude(reply__topic__state="hidden")


class Idea(models.Model):
    """Made by the team of one reply; members vote for it, and hear of every change of ``status``."""

    class Status(models.TextChoices):
        HEARD = "heard", _("Heard")
        PLANNED = "planned", _("Planned")
        BUILDING = "building", _("Being built")
        SHIPPED = "shipped", _("Live")
        DECLINED = "declined", _("Declined")

    reply = models.OneToOneField(Reply, verbose_name=_("said in"), on_delete=models.CASCADE, related_name="idea")
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("in the team's words"), max_length=MAX_IDEA, blank=True)
    language = models.CharField(_("language"), max_length=10)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.HEARD)
    why = models.CharField(_("why"), max_length=MAX_REASON, blank=True)  # of the newest change
    vote_count = models.PositiveIntegerField(_("votes"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects: ClassVar[IdeaQuerySet] = IdeaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="declined") | ~models.Q(why=""), name="idea_is_declined_for_a_reason"
            )
        ]
        indexes = [
            models.Index(models.F("vote_count").desc(), models.F("id").desc(), name="idea_by_votes"),
            models.Index("status", models.F("vote_count").desc(), models.F("id").desc(), name="idea_by_status"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("community:idea", args=[self.pk])


class IdeaTransition(models.Model):
    """One change of an idea's status: who, when, why. Never edited."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="transitions")
    from_status = models.CharField(max_length=10, choices=Idea.Status.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=Idea.Status.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=MAX_REASON, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class IdeaVote(models.Model):
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    voted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("vote for an idea")
        verbose_name_plural = _("votes for ideas")
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="idea_vote_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.idea_id}"
