"""A channel's managers ask for ads on credit: drafted, sent with its score, answered, taken back."""

from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads import scoring, selectors
from ads.models import ApplicationDocument, CreditApplication
from ads.services.changes import check_manager, note
from core import documents, pictures
from core.models import Picture
from core.money import MAX_MINOR
from payments import services as payments
from sellers.models import Channel

Status = CreditApplication.Status
SHARES = (10, 20, 30, 50)  # percent of each released payment that may go to what is owed
MAX_DOCUMENTS = 5
_WORDS = ("amount_minor", "purpose", "phone", "share_percent", "answer")


def _lock(application: CreditApplication, by: User) -> CreditApplication:
    """As it is now; raises NotAllowed unless a manager may still change it."""
    check_manager(application.channel, by)
    application = CreditApplication.objects.select_for_update(no_key=True).get(pk=application.pk)
    if not application.is_editable():
        raise payments.NotAllowed
    return application


@transaction.atomic
def save_draft(*, channel: Channel, by: User, **words: Any) -> CreditApplication:
    """Keeps what was typed so far; a channel has one open application. Raises NotAllowed.

    ``words``: any of amount_minor, purpose, phone, share_percent, answer.
    """
    check_manager(channel, by)
    Channel.objects.select_for_update(no_key=True).only("pk").get(pk=channel.pk)
    application = CreditApplication.objects.filter(channel=channel, status__in=CreditApplication.OPEN).first()
    if application is None:
        application = CreditApplication.objects.create(channel=channel, by=by, currency=channel.currency)
        note(application, "", by=by)
    application = _lock(application, by)
    for name in _WORDS:
        setattr(application, name, words.get(name, getattr(application, name)))
    application.save(update_fields=_WORDS)
    return application


@transaction.atomic
def add_document(*, application: CreditApplication, by: User, upload: Any, name: str) -> ApplicationDocument:
    """Keeps a picture or a PDF, where only staff see it again. Raises NotAllowed, BadRequest."""
    application = _lock(application, by)
    if application.documents.count() >= MAX_DOCUMENTS:
        raise payments.BadRequest("document", _("Those are enough documents. Remove one first."))
    document = ApplicationDocument(application=application, name=name[-100:])
    if documents.is_pdf(upload):
        try:
            documents.check_size(upload)
        except documents.TooLarge as refusal:
            raise payments.BadRequest("document", str(refusal)) from None
        document.file.save("", ContentFile(upload.read()), save=False)
    else:
        document.picture = _store(upload)
    document.save()
    return document


def _store(upload: BinaryIO) -> Picture:
    try:
        return pictures.add_picture(upload, is_private=True)
    except pictures.NotAPicture as refusal:
        sentence = _("Send a PDF or a picture. {why}").format(why=refusal)
        raise payments.BadRequest("document", sentence) from None


@transaction.atomic
def remove_document(*, document: ApplicationDocument, by: User) -> None:
    """Takes one out of an application that is still open to change. Raises NotAllowed."""
    _lock(document.application, by)
    file = document.file.name
    document.delete()
    if file:
        transaction.on_commit(lambda: document.file.storage.delete(file), robust=True)


def _check_whole(application: CreditApplication) -> None:
    amount = application.amount_minor
    if not amount or not 1 <= amount <= MAX_MINOR:
        raise payments.BadRequest("amount", _("Write how much credit you need."))
    if not application.purpose.strip():
        raise payments.BadRequest("purpose", _("Write what you want to advertise."))
    if application.share_percent not in SHARES:
        raise payments.BadRequest("share_percent", _("Choose one of the list."))
    if application.status == Status.MORE_ASKED and not application.answer.strip():
        raise payments.BadRequest("answer", _("Write an answer to what staff ask."))


@transaction.atomic
def send_application(*, application: CreditApplication, by: User, consents: bool) -> CreditApplication:
    """Sends it to staff, scored by the channel's history of this moment; people decide.

    Raises NotAllowed, BadRequest for what is missing, first of all her consent.
    """
    application = _lock(application, by)
    _check_whole(application)
    if not consents:
        raise payments.BadRequest("consents", _("Without this there is no credit: please read it and agree."))
    if not application.channel.is_visible():
        raise payments.NotAllowed(_("Open your channel first: ads show what people can see."))
    verdict = scoring.check(selectors.get_facts(application.channel))
    before, application.status = application.status, Status.SENT
    application.consented_at = application.sent_at = timezone.now()
    application.score, application.suggested_limit_minor = verdict.score, verdict.suggested_limit_minor
    application.reasons = [reason.pack() for reason in verdict.reasons]
    application.save(
        update_fields=["status", "consented_at", "sent_at", "score", "suggested_limit_minor", "reasons"]
    )  # fmt: skip
    note(application, before, by=by, reason=application.answer, score=verdict.score, amount=application.amount_minor)
    return application


@transaction.atomic
def withdraw_application(*, application: CreditApplication, by: User) -> CreditApplication:
    """The channel wants no credit any more; it may ask again later. Raises NotAllowed."""
    check_manager(application.channel, by)
    application = CreditApplication.objects.select_for_update(no_key=True).get(pk=application.pk)
    if application.status == Status.WITHDRAWN:
        return application
    if application.status not in CreditApplication.OPEN:
        raise payments.NotAllowed
    before, application.status = application.status, Status.WITHDRAWN
    application.save(update_fields=["status"])
    note(application, before, by=by)
    return application
