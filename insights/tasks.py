"""Work of insights done behind the scenes; every task may run twice."""

from celery import shared_task

from insights import services


@shared_task(name="insights.roll_up")
def roll_up() -> None:
    services.roll_up()


@shared_task(name="insights.prune")
def prune() -> None:
    services.prune()
