"""The outbox: what must follow a transaction is written inside it, and done soon after it.

A message is delivered at least once, in the order of falling due; several workers share the work. A handler that
raises is tried again, later and later, and after ATTEMPTS given up for staff to look at. What a handler writes to the
database is committed together with the mark that the message was delivered; whatever else may be repeated asks
``once`` first.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.models import OutboxEffect, OutboxMessage
from core.sweeps import delete_some

logger = logging.getLogger(__name__)
State = OutboxMessage.State
Handler = Callable[[dict[str, Any]], None]
ATTEMPTS = 15  # some six hours
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0  # seconds
KEPT = dt.timedelta(days=30)  # what was delivered, and what ``once`` knows
_handlers: dict[str, Handler] = {}


class OutsideTransaction(RuntimeError):
    """The message would not share the fate of what it is about."""


class NoHandler(LookupError):
    """No room of this release has registered the topic."""


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Registers a function of one payload; its module is imported in the room's ``AppConfig.ready``."""

    def register(function: Handler) -> Handler:
        if _handlers.setdefault(topic, function) is not function:
            raise ValueError(f"{topic} has a handler already.")
        return function

    return register


def put(topic: str, payload: dict[str, Any], *, key: str, due_at: dt.datetime | None = None) -> None:
    """Writes a message of JSON-safe ``payload`` in the caller's transaction, due now or at ``due_at``.

    The same topic and key again is ignored while the first is kept (KEPT after delivery). Raises OutsideTransaction.
    """
    _need_transaction()
    due_at = due_at or timezone.now()
    message = OutboxMessage(topic=topic, key=key, payload=payload, due_at=due_at)
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    if due_at <= timezone.now() and all(entry[1] is not _wake for entry in connection.run_on_commit):
        transaction.on_commit(_wake)


def once(key: str) -> bool:
    """Whether the effect named ``key`` is still to be done; from now on, in the caller's transaction, it counts as done.

    A second caller waits until the first has committed (then False) or rolled back (then True). It is known for KEPT:
    longer than a message that was delivered can come again. Raises OutsideTransaction.
    """
    _need_transaction()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_outboxeffect (key, at) VALUES (%s, now()) ON CONFLICT DO NOTHING", [key])
        return cursor.rowcount == 1


def deliver_due(*, topic: str = "", seconds: float = 60) -> int:
    """Delivers what is due (of one ``topic`` if given), each message in a transaction of its own; returns how many were.

    After about ``seconds`` it asks a worker to go on with the rest.
    """
    stop_at, delivered = time.monotonic() + seconds, 0
    while time.monotonic() < stop_at:
        done = _deliver_next(topic)
        if done is None:
            return delivered
        delivered += done
    _wake()
    return delivered


def retry(messages: QuerySet[OutboxMessage]) -> int:
    """Makes failed messages due again, with all their attempts; returns how many."""
    with transaction.atomic():
        count = messages.filter(state=State.FAILED).update(state=State.WAITING, attempts=0, due_at=timezone.now())
        transaction.on_commit(_wake)
    return count


def prune(*, limit: int, now: dt.datetime | None = None) -> int:
    """Deletes at most ``limit`` messages that were delivered, and as many effects that happened, longer ago than KEPT.

    Returns how many of the more. What failed waits for staff, however old.
    """
    before = (now or timezone.now()) - KEPT
    delivered = OutboxMessage.objects.filter(state=State.DELIVERED, delivered_at__lt=before)
    effects = OutboxEffect.objects.filter(at__lt=before)
    return max(delete_some(delivered, limit), delete_some(effects, limit))


def let_pass(topic: str, key: str) -> None:
    """Waits while another worker delivers this message, so that what came before is told before.

    For a handler whose messages have an order; call it first, with the key of the one before. One that waits for its
    next try is not waited for.
    """
    _need_transaction()
    before = OutboxMessage.objects.select_for_update().filter(topic=topic, key=key, state=State.WAITING)
    before.values_list("pk").first()


@transaction.atomic
def _deliver_next(topic: str) -> bool | None:
    """Whether the next due message could be delivered; None when none is due, or others are at them all."""
    due = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
        state=State.WAITING, due_at__lte=timezone.now()
    )
    message = (due.filter(topic=topic) if topic else due).order_by("due_at", "id").first()
    return None if message is None else _deliver(message)


def _deliver(message: OutboxMessage) -> bool:
    try:
        with transaction.atomic():
            _handler_of(message.topic)(message.payload)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, the next message has its turn
        _note_failure(message, error)
        return False
    message.state, message.delivered_at, message.last_error = State.DELIVERED, timezone.now(), ""
    message.save(update_fields=["state", "delivered_at", "last_error"])
    return True


def _handler_of(topic: str) -> Handler:
    if topic not in _handlers:
        raise NoHandler(topic)
    return _handlers[topic]


def _note_failure(message: OutboxMessage, error: Exception) -> None:
    message.attempts += 1
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    message.due_at = timezone.now() + dt.timedelta(seconds=wait_after(message.attempts))
    if message.attempts >= ATTEMPTS:
        message.state = State.FAILED
    message.save(update_fields=["attempts", "last_error", "due_at", "state"])
    level = logging.ERROR if message.state == State.FAILED else logging.WARNING
    logger.log(level, "Outbox %s failed for the %s. time: %s", message, message.attempts, message.last_error)


def wait_after(attempts: int) -> float:
    """Seconds until the next try: doubled each time up to LONGEST_WAIT, at random between half of that and all."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, keeps no secret


def _need_transaction() -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("Call it inside the transaction of what it is about.")


def _wake() -> None:
    """Asks a worker to look at once; without a broker the sweep finds the message seconds later."""
    try:
        current_app.send_task("core.deliver_outbox", retry=False)
    except OperationalError as error:
        logger.warning("The outbox waits for the sweep, the broker is away: %s", error)
