"""Background work of chats; each task may run twice."""

from celery import shared_task

from chat import services as chat


@shared_task(name="chat.count_reply_times")
def count_reply_times() -> None:
    chat.count_reply_times()
