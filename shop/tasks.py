"""Work of the shop done behind the scenes; every task may run twice."""

from celery import shared_task

from shop import search_index, services


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
