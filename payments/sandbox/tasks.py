"""Background work of the sandbox; it may run twice."""

from celery import shared_task

from payments.sandbox import services as sandbox


@shared_task(name="sandbox.tell_reversals")
def tell_reversals() -> None:
    sandbox.tell_reversals()
