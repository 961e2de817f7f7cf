"""Background work of channels and posts; each task may run twice."""

from celery import shared_task

from sellers import services as sellers


@shared_task(name="sellers.publish_due_posts")
def publish_due_posts() -> None:
    sellers.publish_due_posts()


@shared_task(name="sellers.end_past_holidays")
def end_past_holidays() -> None:
    sellers.end_past_holidays()


@shared_task(name="sellers.refresh_products")
def refresh_products(product_ids: list[int]) -> None:
    sellers.refresh_listing(product_ids)


@shared_task(name="sellers.refresh_channel")
def refresh_channel(channel_id: int) -> None:
    sellers.refresh_channel(channel_id)


@shared_task(name="sellers.tell_low_stock")
def tell_low_stock() -> None:
    """Hourly, since each market has its own morning; each channel is told once a day."""
    sellers.tell_low_stock()


@shared_task(name="sellers.work_on_import")
def work_on_import(pk: int) -> None:
    sellers.work_on_import(pk)


@shared_task(name="sellers.go_on_with_imports")
def go_on_with_imports() -> None:
    sellers.go_on_with_imports()


@shared_task(name="sellers.sweep_imports")
def sweep_imports() -> None:
    """What nobody agreed to, and exports whose time is over."""
    sellers.forget_waiting()
    sellers.expire_exports()


@shared_task(name="sellers.make_export")
def make_export(pk: int) -> None:
    sellers.make_export(pk)


@shared_task(name="sellers.train_categories")
def train_categories() -> None:
    sellers.train_categories()


@shared_task(name="sellers.run_bulk_edit")
def run_bulk_edit(bulk_id: int) -> None:
    if sellers.run_bulk_edit(bulk_id):
        run_bulk_edit.delay(bulk_id)


@shared_task(name="sellers.go_on_with_bulk_edits")
def go_on_with_bulk_edits() -> None:
    sellers.go_on_with_bulk_edits()


@shared_task(name="sellers.deliver_hooks")
def deliver_hooks() -> None:
    """A batch of what webhooks are to hear, and the next batch if there may be one."""
    if sellers.deliver_hooks(limit=20) == 20:
        deliver_hooks.delay()


@shared_task(name="sellers.prune_deliveries")
def prune_deliveries() -> None:
    if sellers.prune_deliveries(limit=500) == 500:
        prune_deliveries.delay()
