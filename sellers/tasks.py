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


@shared_task(name="sellers.run_bulk_edit")
def run_bulk_edit(bulk_id: int) -> None:
    if sellers.run_bulk_edit(bulk_id):
        run_bulk_edit.delay(bulk_id)


@shared_task(name="sellers.go_on_with_bulk_edits")
def go_on_with_bulk_edits() -> None:
    sellers.go_on_with_bulk_edits()
