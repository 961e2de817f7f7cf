"""Work of the recommender done behind the scenes; every task may run twice. What computes is imported late: web
processes import this module and start without numpy."""

import datetime as dt
import logging

from celery import group, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from recommender import services
from recommender.models import Block, Run

logger = logging.getLogger(__name__)
SOON = 15  # seconds
PATIENCE = dt.timedelta(minutes=10)


@shared_task(name="recommender.prune")
def prune() -> None:
    services.prune()


@shared_task(name="recommender.count_exposure")
def count_exposure() -> None:
    services.count_exposure()


@shared_task(name="recommender.report_exposure")
def report_exposure() -> None:
    services.report_exposure()


@shared_task(name="recommender.compare_groups")
def compare_groups() -> None:
    services.keep_comparison()


@shared_task(name="recommender.make_block")
def make_block(pk: int) -> None:
    block = Block.objects.filter(pk=pk, done_at=None, run__state=Run.State.RUNNING).select_related("run").first()
    if block:
        from recommender import making, store

        try:
            store.prepare(block.run)
        except store.BeingMade:
            make_block.apply_async((pk,), countdown=SOON)
        else:
            making.make_block(block)


@shared_task(name="recommender.start")
def start() -> None:
    """The nightly table."""
    try:
        hand_out(services.start_run())
    except services.AlreadyRunning:
        logger.warning("The nightly table waits: another one is in the making.")


@shared_task(name="recommender.go_on")
def go_on() -> None:
    """Hands out again what a broker or a worker lost; a new shop need not wait for the night."""
    if not Run.objects.exists():
        start()
    for run in Run.objects.filter(state=Run.State.RUNNING, until__lt=timezone.now() - PATIENCE):
        if not run.blocks.filter(done_at__gt=timezone.now() - PATIENCE).exists():
            hand_out(run)


@shared_task(name="recommender.refresh")
def refresh() -> None:
    if run := Run.objects.filter(state=Run.State.LIVE).first():
        from recommender import making

        making.refresh(run)


def hand_out(run: Run) -> None:
    """Asks workers for the blocks that are not done."""
    waiting = run.blocks.filter(done_at=None).order_by("number").values_list("pk", flat=True)
    try:
        group(make_block.s(pk) for pk in waiting).delay()
    except OperationalError as error:
        logger.warning("The table waits for recommender.go_on, the broker is away: %s", error)
