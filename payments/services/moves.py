"""One transition of a request: state, version, timer and the row that says who, when and why."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core import outbox
from payments import selectors, signals
from payments.machine import ENDED, State, Who
from payments.models import MoneyRequest, RefundOffer, RequestTransition
from payments.services.errors import NotAllowed

Timer = MoneyRequest.Timer
DAY = dt.timedelta(days=1)
DROP_AFTER = 30 * DAY
EXPIRE_AFTER = 5 * DAY
SHIP_WITHIN = 7 * DAY
RELEASE_TRACKED, RELEASE_UNTRACKED = 10 * DAY, 30 * DAY
ANSWER_WITHIN = 3 * DAY
LATE_AFTER, REFUND_AFTER = 5 * DAY, 30 * DAY

# Which timer a state starts. Delivered goes on with the one of shipped.
TIMERS = {
    State.DRAFT: (Timer.DROP, DROP_AFTER),
    State.REQUESTED: (Timer.EXPIRE, EXPIRE_AFTER),
    State.HELD: (Timer.REFUND_UNSHIPPED, SHIP_WITHIN),
    State.REFUND_REQUESTED: (Timer.REFUND_SILENT, ANSWER_WITHIN),
    State.DISPUTED: (Timer.DISPUTE_LATE, LATE_AFTER),
}
_WRITTEN = ["state", "version", "timer", "due_at", "ended_at"]


def lock(request: MoneyRequest) -> MoneyRequest:
    """The request as it is now, ours until the transaction ends."""
    return MoneyRequest.objects.select_for_update(no_key=True).get(pk=request.pk)


def lock_for(request: MoneyRequest, by: User, verb: str) -> tuple[MoneyRequest, Who]:
    """The locked request and as whom the person acts; raises NotAllowed."""
    request = lock(request)
    who = selectors.who_may(request, by, verb)
    if who is None:
        raise NotAllowed
    return request, who


def tell(request: MoneyRequest, transition: RequestTransition | None = None) -> None:
    """News to the rooms above once this is committed; without a transition something beside the state changed.

    Pages that are open hear at once. What must follow a transition waits in the outbox for a worker: nobody's answer
    waits for it, and nothing of it is lost.
    """
    request_id = request.pk
    if transition:
        outbox.put("payments.transition", {"transition": transition.pk}, key=str(transition.pk))
    transaction.on_commit(lambda: signals.request_changed.send(MoneyRequest, request_id=request_id), robust=True)


def move(
    request: MoneyRequest,
    verb: str,
    to_state: str,
    *,
    who: Who,
    by: User | None = None,
    reason: str = "",
    key: str = "",
    timer: tuple[str, dt.timedelta] | None = None,
    **changes: Any,
) -> MoneyRequest:
    """Writes the transition of a locked request; money has been posted already. ``changes`` are further columns."""
    now = timezone.now()
    before, request.state = request.state, State(to_state)
    request.version += 1
    request.timer, request.due_at = _next_timer(request, before, verb, timer, now)
    request.ended_at = now if to_state in ENDED else None
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=[*_WRITTEN, *changes])
    transition = RequestTransition.objects.create(
        request=request,
        version=request.version,
        verb=verb,
        from_state=before,
        to_state=to_state,
        who=who,
        by=by,
        reason=reason.strip()[:500],
        key=key,
        at=now,
    )
    tell(request, transition)
    return request


def _next_timer(
    request: MoneyRequest, before: str, verb: str, timer: tuple[str, dt.timedelta] | None, now: dt.datetime
) -> tuple[str, dt.datetime | None]:
    """A state that ends has none, a state that stays keeps its own; only an edit of a request starts it again."""
    if request.state in ENDED:
        return Timer.NONE, None
    is_new = before != request.state or (verb == "edit" and before == State.REQUESTED)
    if timer is None and request.state != State.DELIVERED and is_new:
        timer = TIMERS[State(request.state)]
    return (timer[0], now + timer[1]) if timer else (request.timer, request.due_at)


def lapse_offers(request: MoneyRequest) -> None:
    request.refund_offers.filter(state=RefundOffer.State.OPEN).update(
        state=RefundOffer.State.LAPSED, closed_at=timezone.now()
    )


def start_dispute_clock(request: MoneyRequest) -> None:
    """After the alert the dispute runs on until its buyer is refunded."""
    request.timer = Timer.DISPUTE_REFUND
    request.due_at = F("due_at") + (REFUND_AFTER - LATE_AFTER)
    request.save(update_fields=["timer", "due_at"])
