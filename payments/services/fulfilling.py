"""From paid to released: shipping, arrival, the seller's money."""

from django.utils import timezone

from accounts.models import User
from payments.machine import State, Who
from payments.models import MoneyRequest
from payments.services.moves import RELEASE_TRACKED, RELEASE_UNTRACKED, Timer, lapse_offers, lock_for, move
from payments.services.posting import pay_out_of_escrow
from payments.services.verbs import verb


@verb
def ship_request(*, request: MoneyRequest, by: User, tracking: str = "", carrier: str = "", key: str) -> MoneyRequest:
    """The seller sent it. The money is released by itself after 10 days with a tracking number, 30 without."""
    request, who = lock_for(request, by, "ship")
    tracking = tracking.strip()[:80]
    return move(
        request,
        "ship",
        State.SHIPPED,
        who=who,
        by=by,
        key=key,
        timer=(Timer.AUTO_RELEASE, RELEASE_TRACKED if tracking else RELEASE_UNTRACKED),
        tracking=tracking,
        carrier=carrier.strip()[:60],
        shipped_at=timezone.now(),
    )


@verb
def confirm_delivery(*, request: MoneyRequest, by: User, key: str) -> MoneyRequest:
    """It arrived; the buyer still has until the timer's end to look at it."""
    request, who = lock_for(request, by, "confirm_delivery")
    return move(request, "confirm_delivery", State.DELIVERED, who=who, by=by, key=key, delivered_at=timezone.now())


@verb
def release_request(*, request: MoneyRequest, by: User, key: str) -> MoneyRequest:
    """The buyer is content: the seller gets what is held, less the fee (E3)."""
    request, who = lock_for(request, by, "release")
    return release(request, who=who, by=by, key=key)


def release(
    request: MoneyRequest,
    *,
    who: Who,
    by: User | None = None,
    key: str = "",
    as_verb: str = "release",
    reason: str = "",
) -> MoneyRequest:
    """Releases a locked request whose right to it was checked."""
    pay_out_of_escrow(request, to_buyer=0, everything=True, actor=by.pk if by else None)
    lapse_offers(request)
    return move(request, as_verb, State.RELEASED, who=who, by=by, key=key, reason=reason)
