"""Paying: from the wallet, or through a provider whose verdict is the only proof."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import DECIMALS, MAX_MINOR
from payments import signals
from payments.machine import AttemptState, State, Who
from payments.models import Account, Alert, Entry, MoneyRequest, PaymentAttempt, Reservation, StateChange
from payments.services import coupons, stock
from payments.services.alerts import raise_alert
from payments.services.charging_back import charge_back
from payments.services.errors import BadAmount, NotAllowed, NotPayable, OutOfStock, StaleVersion
from payments.services.moves import lock_for, move
from payments.services.posting import Leg, hold, post
from payments.services.verbs import again_on_conflict, verb
from sellers.models import ChannelMember

Kind = Account.Kind
REVERSED = "reversed"  # the detail of a failed outcome: the money came and was taken back
ASK_AGAIN = dt.timedelta(minutes=1)
GIVE_UP = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says: ``paid``, ``failed`` or ``unknown``. Any object with these names will do."""

    outcome: str
    amount_minor: int = 0
    currency: str = ""
    provider_reference: str = ""
    detail: str = ""


def _check_payable(request: MoneyRequest, version: int) -> None:
    if request.version != version:
        raise StaleVersion
    if not request.is_payable():
        raise NotPayable
    _check_not_own(request)


def _check_not_own(request: MoneyRequest) -> None:
    """Whoever joined the channel's team since she was asked does not pay it."""
    if ChannelMember.objects.filter(channel=request.channel_id, person=request.buyer_id).exists():
        raise NotPayable(_("You are in this channel’s team now, and nobody buys from her own channel."))


def _pay(request: MoneyRequest, *, who: Who, by: User | None, key: str = "") -> MoneyRequest:
    """Money into escrow, units claimed, the state moved: all or nothing."""
    hold(request, actor=by.pk if by else None)
    stock.reserve(request, state=Reservation.State.CLAIMED)
    coupons.claim_use(request)
    return move(request, "pay", State.HELD, who=who, by=by, key=key, paid_at=timezone.now())


@verb
def pay_from_wallet(*, request: MoneyRequest, by: User, version: int, key: str) -> MoneyRequest:
    """The buyer pays the version she saw from her wallet.

    Raises NotAllowed, StaleVersion, NotPayable, NotEnoughMoney, OutOfStock, KeyReused.
    """
    request, who = lock_for(request, by, "pay")
    _check_payable(request, version)
    return _pay(request, who=who, by=by, key=key)


def _tell(attempt: PaymentAttempt) -> None:
    attempt_id = attempt.pk
    transaction.on_commit(lambda: signals.attempt_changed.send(PaymentAttempt, attempt_id=attempt_id), robust=True)


def _move(attempt: PaymentAttempt, to_state: AttemptState, *, reason: str = "", **changes: Any) -> PaymentAttempt:
    before, attempt.state = attempt.state, to_state
    for name, value in changes.items():
        setattr(attempt, name, value)
    if not attempt.is_open():
        attempt.due_at, attempt.settled_at = None, timezone.now()
    attempt.save(update_fields=["state", "due_at", "settled_at", *changes])
    if before != to_state:
        StateChange.objects.create(
            machine=StateChange.Machine.ATTEMPT,
            row_id=attempt.pk,
            from_state=before,
            to_state=to_state,
            reason=reason[:300],
        )
        _tell(attempt)
    return attempt


def _begin(**columns: Any) -> PaymentAttempt:
    now = timezone.now()
    return PaymentAttempt.objects.create(due_at=now + ASK_AGAIN, give_up_at=now + GIVE_UP, **columns)


@verb
def start_attempt(*, request: MoneyRequest, by: User, version: int, provider: str, key: str) -> PaymentAttempt:
    """The buyer goes to a provider with the version she saw; the units are reserved while she is there.

    Raises NotAllowed, StaleVersion, NotPayable, OutOfStock, KeyReused.
    """
    request, _who = lock_for(request, by, "pay")
    _check_payable(request, version)
    stock.reserve(request)
    return _begin(
        person=by,
        request=request,
        version=version,
        provider=provider,
        amount_minor=request.amount_minor,
        currency=request.currency,
    )


@verb
def start_top_up(
    *, person: User, amount_minor: int, currency: str, provider: str, key: str, back_path: str = ""
) -> PaymentAttempt:
    """Money into the wallet without a request; with a ``back_path`` of this site the person goes on there once it came.

    Raises BadAmount, KeyReused.
    """
    if currency not in DECIMALS or not 1 <= amount_minor <= MAX_MINOR:
        raise BadAmount
    return _begin(
        person=person, provider=provider, amount_minor=amount_minor, currency=currency, back_path=back_path
    )  # fmt: skip


def _lock(attempt: PaymentAttempt) -> PaymentAttempt:
    """The attempt as it is now, locked after its request."""
    if attempt.request_id:
        MoneyRequest.objects.select_for_update(no_key=True).only("pk").get(pk=attempt.request_id)
    return PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)


@transaction.atomic
def redirect_attempt(*, attempt: PaymentAttempt, redirect_url: str, provider_reference: str) -> PaymentAttempt:
    """The provider knows the attempt; the buyer is sent to ``redirect_url``. Raises NotAllowed."""
    attempt = _lock(attempt)
    if attempt.state != AttemptState.CREATED:
        raise NotAllowed
    return _move(
        attempt, AttemptState.REDIRECTED, redirect_url=redirect_url, provider_reference=provider_reference,
        due_at=timezone.now() + ASK_AGAIN,
    )  # fmt: skip


@transaction.atomic
def return_attempt(*, attempt: PaymentAttempt) -> PaymentAttempt:
    """The buyer is back; that proves nothing, the provider is asked next."""
    attempt = _lock(attempt)
    if attempt.state in (AttemptState.CREATED, AttemptState.REDIRECTED):
        _move(attempt, AttemptState.RETURNED, due_at=timezone.now() + ASK_AGAIN)
    return attempt


def settle_attempt(*, attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    """Writes what the provider said (an Outcome or a like object). Told twice, it changes nothing.

    Paid: the money is the person's at once (E1), and pays the request if that is still payable at the attempt's
    version; else it stays in her wallet. Paid, but not as we asked: failed, with an alert. Taken back after it was
    paid: charge_back.
    """
    return again_on_conflict(lambda: _settle(attempt, outcome))


@transaction.atomic
def _settle(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    attempt = _lock(attempt)
    if attempt.state == AttemptState.VERIFIED:
        is_reversed = outcome.outcome == "failed" and outcome.detail == REVERSED
        return charge_back(attempt=attempt, reason=outcome.detail) if is_reversed else attempt
    as_asked = (outcome.amount_minor, outcome.currency) == (attempt.amount_minor, attempt.currency)
    if outcome.outcome == "paid" and as_asked:
        return _settle_paid(attempt, outcome)
    if outcome.outcome != "unknown" and outcome.amount_minor:
        text = f"{outcome.amount_minor} {outcome.currency}, asked {attempt.amount_minor} {attempt.currency}"
        raise_alert(Alert.Kind.PAYMENT_UNKNOWN, f"attempt:{attempt.pk}", text)
    if not attempt.is_open():
        return attempt
    return _settle_unknown(attempt, outcome) if outcome.outcome == "unknown" else _settle_failed(attempt, outcome)


def _settle_paid(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    post(
        key=f"attempt:{attempt.pk}:paid",
        kind=Entry.Kind.PAID,
        currency=attempt.currency,
        legs=[
            Leg(Kind.GATEWAY_CLEARING, -attempt.amount_minor, provider=attempt.provider),
            Leg(Kind.WALLET, attempt.amount_minor, person=attempt.person_id),
        ],
        actor=attempt.person_id,
    )
    pays = _pay_by_attempt(attempt)
    if not pays:
        _return_units(attempt)
    return _move(attempt, AttemptState.VERIFIED, pays_request=pays, **_said(attempt, outcome))


def _said(attempt: PaymentAttempt, outcome: Any) -> dict[str, Any]:
    """What is kept of an outcome; the reference by which the provider is asked stays the first one."""
    reference = attempt.provider_reference or outcome.provider_reference
    return {"reason": outcome.detail, "detail": outcome.detail[:300], "provider_reference": reference[:120]}


def _pay_by_attempt(attempt: PaymentAttempt) -> bool:
    """Whether the money in the wallet now paid the request; a late, second, stale or own payment stays."""
    request = attempt.request  # locked by _lock
    if request is None or request.state != State.REQUESTED or request.version != attempt.version:
        return False
    try:
        with transaction.atomic():
            _check_not_own(request)
            _pay(request, who=Who.PROVIDER, by=attempt.person)
    except (NotPayable, OutOfStock):
        return False
    return True


def _settle_failed(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    attempt = _move(attempt, AttemptState.FAILED, **_said(attempt, outcome))
    _return_units(attempt)
    return attempt


def _settle_unknown(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    """Asked again every minute; nobody waits for its units for ever, and staff learn of it."""
    now = timezone.now()
    attempt = _move(attempt, AttemptState.UNKNOWN, due_at=now + ASK_AGAIN, **_said(attempt, outcome))
    if attempt.give_up_at <= now:
        raise_alert(Alert.Kind.PAYMENT_UNKNOWN, f"attempt:{attempt.pk}", _("The provider gives no answer."))
        _return_units(attempt)
    return attempt


def ask_later(*, attempt: PaymentAttempt, at: dt.datetime | None = None) -> None:
    """The sweeper comes back to an attempt that stays as it is, in a minute if not ``at``: others have their turn."""
    same = PaymentAttempt.objects.filter(pk=attempt.pk, state=attempt.state)
    same.update(due_at=at or timezone.now() + ASK_AGAIN)


def expire_attempt(*, attempt: PaymentAttempt) -> PaymentAttempt:
    """Gives up an attempt that the provider does not know as paid; if it says so later, settle_attempt still counts."""
    return again_on_conflict(lambda: _expire(attempt))


@transaction.atomic
def _expire(attempt: PaymentAttempt) -> PaymentAttempt:
    attempt = _lock(attempt)
    if attempt.is_open():
        attempt = _move(attempt, AttemptState.EXPIRED)
        _return_units(attempt)
    return attempt


def _return_units(attempt: PaymentAttempt) -> None:
    """Returns the request's units unless it is paid or somebody is still at a provider for it."""
    request = attempt.request
    if request is None:
        return
    now = timezone.now()
    others = request.attempts.filter(state__in=PaymentAttempt.OPEN, give_up_at__gt=now).exclude(pk=attempt.pk)
    if request.state == State.REQUESTED and not others.exists():
        stock.give_back(request)
