"""Background work of money; each task may run twice."""

from celery import shared_task

from payments import notices
from payments import services as payments
from payments.services import gateways


@shared_task(name="payments.run_due")
def run_due() -> None:
    payments.run_due()


@shared_task(name="payments.sweep_attempts")
def sweep_attempts() -> None:
    payments.sweep_attempts(ask=gateways.ask_provider)


@shared_task(name="payments.sweep_refunds")
def sweep_refunds() -> None:
    gateways.sweep_refunds()


@shared_task(name="payments.remind")
def remind() -> None:
    notices.remind()


@shared_task(name="payments.reconcile")
def reconcile() -> None:
    payments.reconcile()
    payments.take_snapshots()
