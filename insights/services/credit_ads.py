"""The way from the smoke test of credit ads into the live service: her answers are the draft of her application."""

import logging
from contextlib import suppress

from django.core.files import File
from django.core.files.storage import storages
from django.urls import reverse

from ads import selectors as ads_selectors
from ads import services as ads
from core import money
from insights.models import Applicant, SmokeUpload
from insights.services import carrying
from payments import services as payments
from sellers.models import Channel

logger = logging.getLogger(__name__)


@carrying.way("credit-ads")
def begin_application(applicant: Applicant) -> str:
    """Begins the channel's application with what she answered and the files she sent; the page where she goes on.

    Nothing is begun where the channel applied already, or where she manages it no more: the page says what is.
    """
    channel, by = applicant.channel, applicant.person
    if channel is None:
        return applicant.test.live_url
    if by is not None and ads_selectors.get_application(channel) is None:
        try:
            application = ads.save_draft(channel=channel, by=by, **_words(applicant, channel))
            for upload in applicant.uploads.select_related("picture"):
                with _open(upload) as file:
                    ads.add_document(application=application, by=by, upload=file, name=upload.name)
        except payments.NotAllowed:
            logger.info("Applicant %s manages %s no more", applicant.pk, channel)
    return reverse("ads:credit", args=[channel.handle])


def _words(applicant: Applicant, channel: Channel) -> dict[str, object]:
    """Answers as the application's fields; a number that is no amount of the channel's currency is left to be typed."""
    answers = applicant.answers
    words: dict[str, object] = {"phone": answers.get("phone", "")}
    toman = applicant.language == "fa" and channel.currency == "IRR"
    with suppress(money.NotAnAmount):
        words["amount_minor"] = money.parse_amount(str(answers.get("amount", "")), channel.currency, toman=toman)
    field = applicant.test.fields.filter(key="what").first()
    choices = field.choices.get(applicant.language, []) if field else []
    if str(place := answers.get("what", "")).isdecimal() and int(place) < len(choices):
        words["purpose"] = choices[int(place)]
    return words


def _open(upload: SmokeUpload) -> File:
    if upload.picture:
        return upload.picture.storage.open(upload.picture.master_name)
    return storages["private"].open(upload.document)
