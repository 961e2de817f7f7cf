"""Background work of news; each task may run twice."""

from celery import shared_task

from news import services as news

BATCH = 500


@shared_task(name="news.send_due_digests")
def send_due_digests() -> None:
    news.send_due_digests()


@shared_task(name="news.prune_news")
def prune_news() -> None:
    """A batch of what is long past, and the next batch if there may be one."""
    if news.prune(limit=BATCH) == BATCH:
        prune_news.delay()
