"""What people tell us, on any page."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.guards import append_only


class Feedback(models.Model):
    """A mood, words, and the page they are about; who it was if she was signed in or left a way to reach her."""

    class Mood(models.IntegerChoices):
        AWFUL = 1, _("Awful")
        BAD = 2, _("Bad")
        SO_SO = 3, _("So-so")
        GOOD = 4, _("Good")
        GREAT = 5, _("Great")

    class Side(models.TextChoices):
        SHOPPER = "shopper", _("Shopper")
        SELLER = "seller", _("Seller")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ANSWERED = "answered", _("Answered")
        SET_ASIDE = "set_aside", _("Set aside")

    mood = models.PositiveSmallIntegerField(_("mood"), choices=Mood.choices)
    words = models.TextField(_("words"), max_length=2000, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    contact = models.EmailField(_("e-mail"), blank=True)
    side = models.CharField(_("who"), max_length=8, choices=Side.choices)
    language = models.CharField(_("language"), max_length=10)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("told"), auto_now_add=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [models.CheckConstraint(condition=Q(mood__gte=1, mood__lte=5), name="feedback_mood_known")]
        indexes = [
            models.Index("created_at", name="feedback_by_day"),
            models.Index("id", name="feedback_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.words[:60] or str(self.get_mood_display())

    def can_be_answered(self) -> bool:
        """Whether an answer would reach anybody."""
        return bool(self.person_id or self.contact)


class FeedbackTransition(models.Model):
    """Staff answered it, in these words, or set it aside."""

    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(_("from"), max_length=10, choices=Feedback.State.choices)
    to_state = models.CharField(_("to"), max_length=10, choices=Feedback.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("answer"), max_length=2000, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
