"""Alerts for staff: one open row for each thing."""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from payments.models import Alert
from payments.services.errors import BadRequest, NotAllowed

logger = logging.getLogger(__name__)


def raise_alert(kind: str, subject: str, text: str) -> None:
    """Raises an alert, or says the open one anew."""
    alert, is_new = Alert.objects.get_or_create(kind=kind, subject=subject, cleared_at=None, defaults={"text": text})
    if not is_new and alert.text != text:
        alert.text = text
        alert.save(update_fields=["text"])
    logger.error("%s (%s): %s", alert.get_kind_display(), subject, text)


def end_alert(kind: str, subject: str) -> None:
    """What it was about is over: it waits for nobody any more."""
    Alert.objects.filter(kind=kind, subject=subject, cleared_at=None).update(cleared_at=timezone.now())


@transaction.atomic
def clear_alert(*, alert: Alert, by: User, reason: str) -> Alert:
    """Staff have seen to it. Cleared twice, it stays as it was. Raises NotAllowed, BadRequest."""
    alert = Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)
    if not by.is_staff:
        raise NotAllowed
    if not reason.strip():
        raise BadRequest("reason", _("Write what you found."))
    if alert.cleared_at is None:
        alert.cleared_at = timezone.now()
        alert.save(update_fields=["cleared_at"])
        audit.log(actor=by, verb="cleared", subject=alert, reason=reason.strip()[:500])
    return alert
