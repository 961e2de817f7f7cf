"""Counts the cards of the seller services page; the page does not wait for it."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from core.sweeps import delete_some
from insights.models import CardMark

KEPT = dt.timedelta(days=400)


def note_cards(*, person_id: int, services: Sequence[str], kind: str, day: dt.date) -> None:
    """Counts that a person saw or opened cards on a day (UTC), each once; one statement, and twice is once."""
    marks = [CardMark(service=service, kind=kind, day=day, person_id=person_id) for service in services]
    CardMark.objects.bulk_create(marks, ignore_conflicts=True)


def forget_old_marks(*, limit: int) -> int:
    """Deletes at most ``limit`` marks older than KEPT; returns how many."""
    return delete_some(CardMark.objects.filter(day__lt=(timezone.now() - KEPT).date()), limit)
