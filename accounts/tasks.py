"""Background work of accounts."""

from celery import shared_task

from accounts import services

BATCH = 500


@shared_task(name="accounts.sweep_unfinished")
def sweep_unfinished() -> None:
    """A batch of the sign-ups that nobody finished, and the next batch if there may be one."""
    if services.sweep_unfinished(limit=BATCH) == BATCH:
        sweep_unfinished.delay()
