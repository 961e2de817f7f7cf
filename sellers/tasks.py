"""Background work of channels and posts; each task may run twice."""

from celery import shared_task

from sellers import services as sellers


@shared_task(name="sellers.publish_due_posts")
def publish_due_posts() -> None:
    sellers.publish_due_posts()


@shared_task(name="sellers.refresh_products")
def refresh_products(product_ids: list[int]) -> None:
    sellers.refresh_listing(product_ids)


@shared_task(name="sellers.refresh_channel")
def refresh_channel(channel_id: int) -> None:
    sellers.refresh_channel(channel_id)


@shared_task(name="sellers.deliver_hooks")
def deliver_hooks() -> None:
    """A batch of what webhooks are to hear, and the next batch if there may be one."""
    if sellers.deliver_hooks(limit=20) == 20:
        deliver_hooks.delay()


@shared_task(name="sellers.prune_deliveries")
def prune_deliveries() -> None:
    if sellers.prune_deliveries(limit=500) == 500:
        prune_deliveries.delay()
