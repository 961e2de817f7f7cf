"""Timers: whatever is due is done once, by whichever worker comes first, if it is still true under the lock."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.machine import AttemptState, State, Who
from payments.models import Alert, Dispute, MoneyRequest, PaymentAttempt
from payments.services.alerts import raise_alert
from payments.services.disputing import close_dispute, late_subject
from payments.services.fulfilling import release
from payments.services.letting_go import let_go
from payments.services.moves import move, start_dispute_clock
from payments.services.paying import ask_later, expire_attempt, settle_attempt
from payments.services.refunding import refund
from payments.services.verbs import again_on_conflict

logger = logging.getLogger(__name__)
Timer = MoneyRequest.Timer


def _drop(request: MoneyRequest) -> None:
    let_go(request)
    move(request, "drop", State.CANCELLED, who=Who.TIMER)


def _expire(request: MoneyRequest) -> None:
    let_go(request)
    move(request, "expire", State.EXPIRED, who=Who.TIMER)


def _refund_unshipped(request: MoneyRequest) -> None:
    refund(request, who=Who.TIMER, as_verb="refund_unshipped")


def _release(request: MoneyRequest) -> None:
    release(request, who=Who.TIMER, as_verb="auto_release")


def _refund_silent(request: MoneyRequest) -> None:
    refund(request, who=Who.TIMER, as_verb="accept_refund")


def _dispute_is_late(request: MoneyRequest) -> None:
    Dispute.objects.filter(request=request).update(is_late=True)
    raise_alert(Alert.Kind.DISPUTE_LATE, late_subject(request.pk), _("Nobody has decided this dispute."))
    start_dispute_clock(request)


def _refund_undecided(request: MoneyRequest) -> None:
    refund(request, who=Who.TIMER, as_verb="decide")
    for dispute in Dispute.objects.filter(request=request):
        close_dispute(dispute, Dispute.State.ENDED)


# What each timer does, and in which states it may: a timer never beats what happened in the meantime.
_ACTS: dict[str, tuple[tuple[State, ...], Callable[[MoneyRequest], None]]] = {
    Timer.DROP: ((State.DRAFT,), _drop),
    Timer.EXPIRE: ((State.REQUESTED,), _expire),
    Timer.REFUND_UNSHIPPED: ((State.HELD,), _refund_unshipped),
    Timer.AUTO_RELEASE: ((State.SHIPPED, State.DELIVERED), _release),
    Timer.REFUND_SILENT: ((State.REFUND_REQUESTED,), _refund_silent),
    Timer.DISPUTE_LATE: ((State.DISPUTED,), _dispute_is_late),
    Timer.DISPUTE_REFUND: ((State.DISPUTED,), _refund_undecided),
}


@transaction.atomic
def _run_one(pk: int, version: int) -> bool:
    """Does what is due, unless another worker has the row or the request moved since it was found."""
    due = MoneyRequest.objects.select_for_update(no_key=True, skip_locked=True).due(timezone.now())
    request = due.filter(pk=pk, version=version).first()
    if request is None:
        return False
    states, act = _ACTS[request.timer]
    if request.state not in states:
        logger.error("Request %s is %s with the timer %s", pk, request.state, request.timer)
        return False
    act(request)
    return True


def run_due(*, limit: int = 200) -> int:
    """Runs timers that are over, the oldest first; returns how many did something. One that fails stops no other."""
    due = MoneyRequest.objects.due(timezone.now()).order_by("due_at", "pk")
    done = 0
    for pk, version in list(due.values_list("pk", "version")[:limit]):
        try:
            done += again_on_conflict(lambda pk=pk, version=version: _run_one(pk, version))  # type: ignore[misc]
        except Exception:
            logger.exception("The timer of request %s failed", pk)
    return done


def sweep_attempts(*, ask: Callable[[PaymentAttempt], Any], limit: int = 100) -> int:
    """Asks the provider about attempts that nobody came back for; returns how many were settled.

    ``ask`` returns an Outcome or a like object and may raise: then the answer is unknown until the next sweep. What
    was never paid is given up in the end, what is unknown is asked about until it is known.
    """
    now = timezone.now()
    due = PaymentAttempt.objects.filter(due_at__lte=now).select_related("request").order_by("due_at", "pk")
    settled = 0
    for attempt in due[:limit]:
        if attempt.state == AttemptState.CREATED:  # the provider never heard of it
            if attempt.give_up_at <= now:
                expire_attempt(attempt=attempt)
            else:
                ask_later(attempt=attempt, at=attempt.give_up_at)
            continue
        settled += _sweep_one(attempt, ask)
    return settled


def _sweep_one(attempt: PaymentAttempt, ask: Callable[[PaymentAttempt], Any]) -> bool:
    try:
        outcome = ask(attempt)
    except Exception:
        logger.exception("The provider of attempt %s did not answer", attempt.pk)
        ask_later(attempt=attempt)
        return False
    if outcome.outcome == "unknown" and attempt.state == AttemptState.REDIRECTED:  # she may still be there
        if attempt.give_up_at <= timezone.now():
            return not expire_attempt(attempt=attempt).is_open()
        ask_later(attempt=attempt)
        return False
    return not settle_attempt(attempt=attempt, outcome=outcome).is_open()
