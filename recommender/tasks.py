"""Work of the recommender done behind the scenes; every task may run twice."""

from celery import shared_task

from recommender import services


@shared_task(name="recommender.prune")
def prune() -> None:
    services.prune()
