"""Blocks are handed out again when a broker or a worker lost them."""

import datetime as dt

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.utils import timezone

from config import celery_app
from recommender import services, tasks
from recommender.models import Run
from tests.recommender.market import make_market

pytestmark = pytest.mark.django_db
LONG_AGO = tasks.PATIENCE + dt.timedelta(minutes=1)


@pytest.fixture
def run() -> Run:
    """Two blocks of which nobody made one, begun long ago."""
    make_market()
    made = services.start_run()
    Run.objects.filter(pk=made.pk).update(until=timezone.now() - LONG_AGO)
    made.refresh_from_db()
    return made


def handed_out() -> int:
    """How much waits at the broker."""
    with current_app.connection_for_read() as broker, broker.channel() as channel:
        return channel.queue_declare(current_app.conf.task_default_queue).message_count


def test_a_run_that_stands_still_is_handed_out_again(run):
    before = handed_out()
    tasks.go_on()
    assert handed_out() == before + 2


def test_only_what_is_not_done_is_handed_out_again(run):
    run.blocks.filter(number=0).update(done_at=timezone.now() - LONG_AGO)
    before = handed_out()
    tasks.go_on()
    assert handed_out() == before + 1


def test_a_run_that_is_young_or_moves_or_was_stopped_is_left_alone(run):
    before = handed_out()
    run.blocks.filter(number=0).update(done_at=timezone.now())
    tasks.go_on()
    run.blocks.update(done_at=None)
    Run.objects.filter(pk=run.pk).update(until=timezone.now())
    tasks.go_on()
    Run.objects.filter(pk=run.pk).update(until=timezone.now() - LONG_AGO, state=Run.State.STOPPED)
    tasks.go_on()
    assert handed_out() == before


def test_without_a_broker_the_table_waits_until_it_is_back(run, caplog):
    before = handed_out()
    alone = Celery(broker="redis://127.0.0.1:1/0")
    alone.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    alone.set_current()
    try:
        tasks.hand_out(run)
    finally:
        celery_app.set_current()
    assert "The table waits for recommender.go_on, the broker is away" in caplog.text
    run.refresh_from_db()
    assert (run.state, run.blocks.filter(done_at=None).count(), handed_out()) == ("running", 2, before)
    tasks.go_on()
    assert handed_out() == before + 2
