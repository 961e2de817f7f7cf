"""Background work of core."""

import datetime as dt
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core import outbox, pictures
from core.models import Picture

logger = logging.getLogger(__name__)


@shared_task(name="core.make_widths")
def make_widths(pk: int) -> None:
    picture = Picture.objects.filter(pk=pk).first()
    if picture and not picture.is_ready():
        pictures.make_widths(picture)


@shared_task(name="core.make_missing_widths")
def make_missing_widths() -> None:
    """Sweeps up pictures whose task was lost with the broker."""
    old = timezone.now() - dt.timedelta(minutes=10)
    for picture in Picture.objects.filter(widths=[], created_at__lt=old).order_by("pk")[:200]:
        try:
            pictures.make_widths(picture)
        except FileNotFoundError:
            logger.exception("Picture %s has no file", picture.pk)


@shared_task(name="core.deliver_outbox")
def deliver_outbox() -> None:
    outbox.deliver_due(seconds=settings.CELERY_TASK_TIME_LIMIT / 5)


@shared_task(name="core.prune_outbox")
def prune_outbox() -> None:
    outbox.prune()
