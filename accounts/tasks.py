"""Background work of accounts."""

from celery import shared_task

from accounts import services

BATCH = 500


@shared_task(name="accounts.sweep_unfinished")
def sweep_unfinished() -> None:
    """A batch of the sign-ups that nobody finished, and the next batch if there may be one."""
    if services.sweep_unfinished(limit=BATCH) == BATCH:
        sweep_unfinished.delay()


@shared_task(name="accounts.make_exports")
def make_exports() -> None:
    services.make_exports(limit=10)


@shared_task(name="accounts.forget_exports")
def forget_exports() -> None:
    services.forget_exports()


@shared_task(name="accounts.erase_due")
def erase_due() -> None:
    services.erase_due(limit=20)
