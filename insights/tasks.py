"""Work of this room done behind the scenes; every task may run twice."""

import datetime as dt

from celery import shared_task

from insights import services

BATCH = 500


@shared_task(name="insights.note_cards")
def note_cards(person_id: int, keys: list[str], kind: str, day: str) -> None:
    services.note_cards(person_id=person_id, services=keys, kind=kind, day=dt.date.fromisoformat(day))


@shared_task(name="insights.end_overdue")
def end_overdue() -> None:
    services.end_overdue()


@shared_task(name="insights.sweep")
def sweep() -> None:
    """A batch of what nobody needs any more, and the next batch if there may be one."""
    if max(services.sweep_uploads(limit=BATCH), services.forget_old_marks(limit=BATCH)) == BATCH:
        sweep.delay()


@shared_task(name="insights.roll_up")
def roll_up() -> None:
    services.roll_up()


@shared_task(name="insights.prune")
def prune() -> None:
    services.prune()
