"""Who applied to a smoke test, where each application stands, and the files that came with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from insights.models.smoke import SmokeTest
from payments.models.guards import append_only


class Applicant(models.Model):
    """Somebody who sent the form. ``answers`` by the questions' keys: text, a number as text, the place of a choice, a
    telephone number (E.164); files are uploads of hers.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        CHECKING = "checking", _("Being checked")
        LIVE = "live", _("Turned into the live service")
        NOT_BUILT = "not_built", _("Not built")

    MOVES = (
        (State.RECEIVED, State.CHECKING),
        (State.RECEIVED, State.LIVE),
        (State.RECEIVED, State.NOT_BUILT),
        (State.CHECKING, State.LIVE),
        (State.CHECKING, State.NOT_BUILT),
    )

    test = models.ForeignKey(SmokeTest, on_delete=models.PROTECT, related_name="applicants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.CharField(max_length=32, blank=True)
    channel = models.ForeignKey("sellers.Channel", null=True, on_delete=models.SET_NULL, related_name="+")
    answers = models.JSONField(_("answers"), default=dict)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    words = models.TextField(_("words to the applicant"), max_length=1000, blank=True)
    live_url = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        constraints = [
            models.UniqueConstraint("test", "person", name="applicant_once_a_person"),
            models.UniqueConstraint("test", "guest", condition=~Q(guest=""), name="applicant_once_a_guest"),
        ]

    def __str__(self) -> str:
        return str(self.channel or self.person or _("Guest"))

    def get_absolute_url(self) -> str:
        return reverse("insights:application", args=[self.test.slug])


class ApplicantTransition(models.Model):
    """What an applicant was told, and who decided it."""

    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(_("from"), max_length=10, choices=Applicant.State.choices, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=Applicant.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("words to the applicant"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class SmokeUpload(models.Model):
    """A file somebody sent with the form: a picture encoded again, or a PDF as it came; private, shown to staff only.

    It is kept before the form is good, so that no other error loses it; without an applicant it goes after a day.
    """

    test = models.ForeignKey(SmokeTest, on_delete=models.CASCADE, related_name="+")
    applicant = models.ForeignKey(Applicant, null=True, on_delete=models.CASCADE, related_name="uploads")
    field_key = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=120)
    picture = models.ForeignKey("core.Picture", null=True, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=80, blank=True)  # its name in the private storage
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=Q(picture=None, document__gt="") | Q(picture__isnull=False, document=""),
                name="smoke_upload_is_one_thing",
            )
        ]
        indexes = [models.Index("created_at", name="smoke_upload_unused", condition=Q(applicant=None))]

    def __str__(self) -> str:
        return self.name
