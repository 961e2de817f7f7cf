"""Background work of core."""

import datetime as dt
import logging
from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core import limits, outbox, pictures
from core.models import Picture

logger = logging.getLogger(__name__)
BATCH = 500


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


@shared_task(name="core.sweep_pictures")
def sweep_pictures() -> None:
    """A batch of the pictures that nothing shows any more, and the next batch if there may be one."""
    if pictures.sweep_pictures(limit=BATCH) == BATCH:
        sweep_pictures.delay()


@shared_task(name="core.forget_past")
def forget_past() -> None:
    """Sessions and counters that have run out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    limits.forget_past()


@shared_task(name="core.deliver_outbox")
def deliver_outbox() -> None:
    outbox.deliver_due(seconds=settings.CELERY_TASK_TIME_LIMIT / 5)


@shared_task(name="core.prune_outbox")
def prune_outbox() -> None:
    """A batch of what the outbox has long delivered, and the next batch if there may be one."""
    if outbox.prune(limit=BATCH) == BATCH:
        prune_outbox.delay()
