"""Background work of the group; each task may run twice."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from community import services as community


@shared_task(name="community.tell_closed_polls")
def tell_closed_polls() -> None:
    community.tell_closed_polls()


@shared_task(name="community.send_digest")
def send_digest() -> None:
    """Of the month before this one; asked every day, done once."""
    last_month = timezone.now().date().replace(day=1) - dt.timedelta(days=1)
    community.send_digest(month=last_month)
