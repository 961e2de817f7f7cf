"""Alerts for staff: one open row for each thing."""

import logging

from django.utils import timezone

from payments.models import Alert

logger = logging.getLogger(__name__)


def raise_alert(kind: str, subject: str, text: str) -> None:
    """Raises an alert, or says the open one anew."""
    alert, is_new = Alert.objects.get_or_create(kind=kind, subject=subject, cleared_at=None, defaults={"text": text})
    if not is_new and alert.text != text:
        alert.text = text
        alert.save(update_fields=["text"])
    logger.error("%s (%s): %s", alert.get_kind_display(), subject, text)


def clear_alert(*, alert: Alert) -> Alert:
    """Staff have seen to it."""
    if alert.cleared_at is None:
        alert.cleared_at = timezone.now()
        alert.save(update_fields=["cleared_at"])
    return alert
