"""Background work of news; each task may run twice."""

from celery import shared_task

from news import services as news


@shared_task(name="news.send_due_digests")
def send_due_digests() -> None:
    news.send_due_digests()
