"""Background work of money; each task may run twice."""

from celery import shared_task

from payments import services as payments


@shared_task(name="payments.run_due")
def run_due() -> None:
    payments.run_due()


@shared_task(name="payments.reconcile")
def reconcile() -> None:
    payments.reconcile()
    payments.take_snapshots()
