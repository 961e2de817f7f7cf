"""A channel asks for ads on credit: what it wrote, what the first check says, and what staff decided."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ads.models.campaigns import CURRENCIES
from core.models import new_key
from payments.models.guards import never_deleted, never_truncated


def private_storage() -> Storage:
    """Where no browser fetches anything by itself."""
    return storages["private"]


def document_path(document: "ApplicationDocument", _name: str) -> str:
    """A name nobody can guess; what it was called stands in the row."""
    return f"credit/{document.application_id}/{new_key()}.pdf"


class CreditApplication(models.Model):
    """A draft may lack anything; what was sent has all of it, and a score with its reasons as of then.

    ``limit_minor``, ``fee_basis_points`` and ``period_days`` are what staff propose or granted.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Being looked at")
        MORE_ASKED = "more_asked", _("Needs an answer from you")
        PROPOSED = "proposed", _("Waiting for a second person")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Not approved")
        WITHDRAWN = "withdrawn", _("Taken back")

    EDITABLE = (Status.DRAFT, Status.MORE_ASKED)
    OPEN = (Status.DRAFT, Status.SENT, Status.MORE_ASKED, Status.PROPOSED)

    channel = models.ForeignKey("sellers.Channel", on_delete=models.PROTECT, related_name="credit_applications")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    amount_minor = models.BigIntegerField(_("asked for"), null=True, blank=True)
    purpose = models.TextField(_("what for"), max_length=1000, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    share_percent = models.PositiveIntegerField(_("share of payouts, in percent"), default=20)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    consented_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    score = models.PositiveIntegerField(_("score"), null=True, blank=True)
    reasons = models.JSONField(default=list, editable=False)  # as ads.scoring.Reason.pack
    suggested_limit_minor = models.BigIntegerField(_("suggested limit"), null=True, blank=True)
    limit_minor = models.BigIntegerField(_("limit"), null=True, blank=True)
    fee_basis_points = models.PositiveIntegerField(_("fee, in hundredths of a percent"), null=True, blank=True)
    period_days = models.PositiveIntegerField(_("days of a period"), null=True, blank=True)
    staff_words = models.TextField(_("staff wrote"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    class Meta:
        verbose_name = _("credit application")
        verbose_name_plural = _("credit applications")
        constraints = [
            models.UniqueConstraint(
                "channel",
                name="one_open_credit_application",
                condition=Q(status__in=["draft", "sent", "more_asked", "proposed"]),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(amount_minor__gte=1, consented_at__isnull=False, sent_at__isnull=False, score__lte=100),
                name="credit_application_whole_when_sent",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["proposed", "approved"])
                | Q(limit_minor__gte=1, fee_basis_points__isnull=False, period_days__gte=1, proposed_by__isnull=False),
                name="credit_application_approved_with_terms",
            ),
        ]
        indexes = [
            models.Index("sent_at", name="credit_queue", condition=Q(status__in=["sent", "proposed"])),
        ]
        triggers = [never_deleted(), never_truncated()]

    def __str__(self) -> str:
        return str(self.channel)

    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class ApplicationDocument(models.Model):
    """A picture or a PDF that came with an application. Only staff are shown it again, a PDF never inside a page."""

    application = models.ForeignKey(CreditApplication, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(_("name"), max_length=100)
    picture = models.ForeignKey("core.Picture", null=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(_("file"), storage=private_storage, upload_to=document_path, max_length=120, blank=True)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(picture__isnull=False, file="") | (Q(picture=None) & ~Q(file="")),
                name="document_is_picture_or_file",
            )
        ]

    def __str__(self) -> str:
        return self.name
