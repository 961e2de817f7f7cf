"""Background work of the notices' door."""

from celery import shared_task

from payments.webhooks import services as webhooks


@shared_task(name="webhooks.forget_handled")
def forget_handled() -> None:
    webhooks.forget_handled()
