"""Work of the shop done behind the scenes; every task may run twice."""

from celery import shared_task

from shop import alerts, search_index, services


@shared_task(name="shop.refresh_popularity")
def refresh_popularity(everything: bool = False) -> None:
    services.refresh_popularity(everything=everything)


@shared_task(name="shop.index_products")
def index_products(product_ids: list[int]) -> None:
    search_index.index_products(product_ids)


@shared_task(name="shop.index_missed")
def index_missed() -> None:
    """What no news told us of: documents that are missing or older than their product."""
    search_index.index_missed()


@shared_task(name="shop.count_words")
def count_words() -> None:
    """How common each word is in each market: rare words matter more."""
    search_index.count_words()


@shared_task(name="shop.tell_alerts")
def tell_alerts(product_ids: list[int] | None = None) -> None:
    """A batch of those who wait for these things (or for any), and the next batch if there may be one."""
    if alerts.tell_due(product_ids=product_ids) == alerts.BATCH:
        tell_alerts.delay(product_ids)


@shared_task(name="shop.forget_unconfirmed_alerts")
def forget_unconfirmed_alerts() -> None:
    if alerts.forget_unconfirmed(limit=alerts.BATCH) == alerts.BATCH:
        forget_unconfirmed_alerts.delay()
