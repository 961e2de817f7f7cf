"""Background work of ads' money; each task may run twice."""

from celery import shared_task

from ads import services as ads


@shared_task(name="ads.run_due")
def run_due() -> None:
    ads.run_due()


@shared_task(name="ads.sweep_checkouts")
def sweep_checkouts() -> None:
    ads.sweep_checkouts()


@shared_task(name="ads.refund_ended")
def refund_ended() -> None:
    ads.refund_ended()


@shared_task(name="ads.reconcile")
def reconcile() -> None:
    ads.reconcile()
