"""What follows a transaction: written with it, done after it, never lost."""

import datetime as dt
import threading
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from core import outbox, tasks
from core.models import OutboxEffect, OutboxMessage

State = OutboxMessage.State


class Broken(Exception):
    """A handler's bad day."""


class Postman:
    """A handler that notes what it got and raises what it was told to."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.raises: list[Exception] = []

    def __call__(self, payload: dict[str, Any]) -> None:
        self.got.append(payload["n"])
        if self.raises:
            raise self.raises.pop(0)


@pytest.fixture
def postman(monkeypatch) -> Postman:
    made = Postman()
    monkeypatch.setitem(outbox._handlers, "test", made)
    return made


def put(number: int, **more: Any) -> None:
    with transaction.atomic():
        outbox.put("test", {"n": number}, key=f"{number}", **more)


def test_one_topic_is_delivered_before_the_others(db, postman):
    put(1)
    with transaction.atomic():
        outbox.put("other", {}, key="1")
    assert [outbox.deliver_due(topic=topic) for topic in ("test", "test", "none")] == [1, 0, 0]
    assert list(OutboxMessage.objects.filter(state=State.WAITING).values_list("topic", "attempts")) == [("other", 0)]


def test_messages_are_delivered_in_order_of_falling_due(db, postman):
    now = timezone.now()
    put(1, due_at=now - dt.timedelta(seconds=1))
    put(2, due_at=now - dt.timedelta(seconds=3))
    put(3, due_at=now - dt.timedelta(seconds=2))
    put(4, due_at=now + dt.timedelta(hours=1))
    tasks.deliver_outbox()
    assert postman.got == [2, 3, 1]
    assert OutboxMessage.objects.filter(state=State.DELIVERED, delivered_at__isnull=False).count() == 3
    tasks.deliver_outbox()
    assert postman.got == [2, 3, 1]


def test_the_same_key_again_is_ignored(db, postman):
    put(1)
    put(1)
    assert outbox.deliver_due() == 1
    put(1)
    assert outbox.deliver_due() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(outbox.OutsideTransaction):
        outbox.put("test", {}, key="1")
    with pytest.raises(outbox.OutsideTransaction):
        outbox.once("1")


@pytest.mark.django_db(transaction=True)
def test_it_shares_the_fate_of_its_transaction(postman):
    with transaction.atomic():
        outbox.put("test", {"n": 1}, key="1")
        transaction.set_rollback(True)
    assert outbox.deliver_due() == 0


def test_a_transaction_wakes_the_worker_once(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(3):
            put(number)
        put(9, due_at=timezone.now() + dt.timedelta(hours=1))
    assert callbacks == [outbox._wake]


def test_without_a_broker_the_message_waits(caplog):
    from config import celery_app

    alone = Celery(broker="redis://127.0.0.1:1/0")
    alone.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    alone.set_current()
    try:
        outbox._wake()
    finally:
        celery_app.set_current()
    assert "the broker is away" in caplog.text


def test_a_failure_is_counted_and_waits_longer_each_time(db, postman):
    put(1)
    postman.raises = [Broken("no"), Broken("still no")]
    waits = []
    for _ in range(2):
        OutboxMessage.objects.update(due_at=timezone.now())
        assert outbox.deliver_due() == 0
        message = OutboxMessage.objects.get()
        waits.append((message.due_at - timezone.now()).total_seconds())
    assert (message.state, message.attempts, message.last_error) == (State.WAITING, 2, "Broken: still no")
    assert 2 <= waits[0] <= 5 <= waits[1] + 0.1 <= 10.1
    OutboxMessage.objects.update(due_at=timezone.now())
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.DELIVERED, "")


def test_waits_never_pass_an_hour():
    waits = [outbox.wait_after(attempts) for attempts in range(1, 40)]
    assert max(waits) <= 3600
    assert min(waits[20:]) >= 1800
    assert len(set(waits)) == len(waits)


def test_one_failure_does_not_stop_the_next(db, postman):
    put(1)
    put(2)
    postman.raises = [Broken()]
    assert outbox.deliver_due() == 1
    assert postman.got == [1, 2]


def test_an_unknown_topic_waits_for_the_release_that_knows_it(db):
    put(1)
    assert outbox.deliver_due() == 0
    assert OutboxMessage.objects.get().last_error == "NoHandler: test"


def test_given_up_it_is_seen_by_staff_who_try_again(db, postman, staff_client, client):
    put(1)
    OutboxMessage.objects.update(attempts=outbox.ATTEMPTS - 1)
    postman.raises = [Broken("no")]
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert message.state == State.FAILED
    page = reverse("admin:core_outboxmessage_changelist")
    waiting = staff_client.get(reverse("admin:index")).context["waiting"]
    assert [(str(each.label), each.number, each.url) for each in waiting] == [
        ("messages that could not be delivered", 1, f"{page}?state__exact=failed")
    ]
    assert b"Broken: no" in staff_client.get(page, {"state": "failed"}).content
    staff_client.post(page, {"action": "retry", "_selected_action": [message.pk]})
    assert outbox.deliver_due() == 1
    assert client.get(page).status_code == 302


def test_what_a_failed_handler_wrote_is_undone(db, monkeypatch):
    def write_and_fail(payload: dict[str, Any]) -> None:
        assert outbox.once("effect")
        raise Broken

    monkeypatch.setitem(outbox._handlers, "test", write_and_fail)
    put(1)
    outbox.deliver_due()
    assert OutboxEffect.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_effect_and_mark_repeats_neither(monkeypatch):
    """The worker dies after its effect and before the mark: the effect is gone with it, and done once by the next."""
    done: list[bool] = []

    def write(payload: dict[str, Any]) -> None:
        done.append(outbox.once("effect"))
        if len(done) == 1:
            raise SystemExit

    monkeypatch.setitem(outbox._handlers, "test", write)
    put(1)
    with pytest.raises(SystemExit):
        outbox.deliver_due()
    assert (OutboxMessage.objects.get().state, OutboxEffect.objects.count()) == (State.WAITING, 0)
    assert outbox.deliver_due() == 1
    assert (done, OutboxEffect.objects.count()) == ([True, True], 1)


@pytest.mark.django_db(transaction=True)
def test_an_effect_happens_once(db):
    def effect() -> bool:
        with transaction.atomic():
            return outbox.once("paid:7")

    assert [effect(), effect()] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_the_work_without_doing_it_twice(postman):
    with transaction.atomic():
        for number in range(200):
            outbox.put("test", {"n": number}, key=f"{number}")
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(outbox.deliver_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(postman.got) == list(range(200))
    assert (len(counts), sum(counts)) == (8, 200)


def asked_to_deliver() -> int:
    """How often a worker was asked to and has not begun: what waits at the broker."""
    with current_app.connection_for_read() as broker, broker.channel() as channel:
        return channel.queue_declare(current_app.conf.task_default_queue).message_count


def test_what_takes_longer_is_gone_on_with(db, postman):
    for number in range(3):
        put(number)
    before = asked_to_deliver()
    assert outbox.deliver_due(seconds=0) == 0
    assert asked_to_deliver() == before + 1
    assert outbox.deliver_due() == 3
    assert asked_to_deliver() == before + 1


def test_what_was_delivered_goes_after_a_month_and_what_failed_stays(db, postman):
    for number in range(5):
        put(number)
    outbox.deliver_due()
    put(8)
    OutboxMessage.objects.filter(key="8").update(state=State.FAILED)
    put(9)
    with transaction.atomic():
        assert outbox.once("effect")
    soon, later = (timezone.now() + dt.timedelta(days=30, minutes=minutes) for minutes in (-10, 10))
    assert outbox.prune(limit=10, now=soon) == 0
    assert [outbox.prune(limit=2, now=later) for _ in range(4)] == [2, 2, 1, 0]
    assert list(OutboxMessage.objects.order_by("key").values_list("key", flat=True)) == ["8", "9"]
    assert OutboxEffect.objects.count() == 0


def test_the_sweep_goes_on_while_there_is_more(db, postman, monkeypatch, at_once):
    monkeypatch.setattr(tasks, "BATCH", 2)
    for number in range(5):
        put(number)
    outbox.deliver_due()
    OutboxMessage.objects.update(delivered_at=timezone.now() - dt.timedelta(days=31))
    tasks.prune_outbox()
    assert OutboxMessage.objects.count() == 0


def test_a_topic_has_one_handler(postman):
    outbox.handler("test")(postman)
    with pytest.raises(ValueError, match="has a handler already"):
        outbox.handler("test")(Postman())
