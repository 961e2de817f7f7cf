"""The machine of a money request, once: services, pages and the database's guards all read this table.

A state is where the money is; a move is a verb, whom it is open to, and whether money moves with it.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REQUESTED = "requested", _("Requested")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    HELD = "held", _("Held")
    SHIPPED = "shipped", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    REFUND_REQUESTED = "refund_requested", _("Refund asked for")
    DISPUTED = "disputed", _("In dispute")
    RELEASED = "released", _("Released")
    REFUNDED = "refunded", _("Refunded")
    SPLIT = "split", _("Split")
    CHARGED_BACK = "charged_back", _("Charged back")


class Who(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"  # an agent of the channel's team or above
    STAFF = "staff"
    TIMER = "timer"
    PROVIDER = "provider"


OPEN = (State.DRAFT, State.REQUESTED)  # nothing paid yet
AT_WORK = (State.HELD, State.SHIPPED, State.DELIVERED)
IN_ESCROW = (*AT_WORK, State.REFUND_REQUESTED, State.DISPUTED)  # Bisat holds amount - refunded
ENDED = tuple(state for state in State if state not in (*OPEN, *IN_ESCROW))


@dataclass(frozen=True, slots=True)
class Move:
    """``targets`` empty: the verb leaves the state as it is. ``needs`` names what must lie open for a person's verb."""

    verb: str
    sources: tuple[State, ...]
    targets: tuple[State, ...]
    who: tuple[Who, ...]
    moves_money: bool = False
    same_state: bool = False  # to the same state again, with the next version
    needs: str = ""

    def pairs(self) -> set[tuple[State, State]]:
        if self.same_state:
            return {(source, source) for source in self.sources}
        return {(source, target) for source in self.sources for target in self.targets}


MOVES = (
    Move("send", (State.DRAFT,), (State.REQUESTED,), (Who.SELLER,)),
    Move("edit", OPEN, (), (Who.SELLER,), same_state=True),
    Move("cancel", OPEN, (State.CANCELLED,), (Who.SELLER,)),
    Move("drop", (State.DRAFT,), (State.CANCELLED,), (Who.TIMER,)),
    Move("decline", (State.REQUESTED,), (State.DECLINED,), (Who.BUYER,)),
    Move("expire", (State.REQUESTED,), (State.EXPIRED,), (Who.TIMER,)),
    Move("apply_coupon", (State.REQUESTED,), (), (Who.BUYER,), same_state=True),
    Move("remove_coupon", (State.REQUESTED,), (), (Who.BUYER,), same_state=True, needs="coupon"),
    Move("pay", (State.REQUESTED,), (State.HELD,), (Who.BUYER, Who.PROVIDER), moves_money=True),
    Move("ship", (State.HELD,), (State.SHIPPED,), (Who.SELLER,)),
    Move("confirm_delivery", (State.SHIPPED,), (State.DELIVERED,), (Who.BUYER,)),
    Move("release", AT_WORK, (State.RELEASED,), (Who.BUYER,), moves_money=True),
    Move("auto_release", (State.SHIPPED, State.DELIVERED), (State.RELEASED,), (Who.TIMER,), moves_money=True),
    Move("refund", AT_WORK, (State.REFUNDED,), (Who.SELLER,), moves_money=True),
    Move("refund_unshipped", (State.HELD,), (State.REFUNDED,), (Who.TIMER,), moves_money=True),
    Move("offer_refund", AT_WORK, (), (Who.SELLER,), needs="no_offer"),
    Move("accept_offer", AT_WORK, (), (Who.BUYER,), moves_money=True, same_state=True, needs="offer"),
    Move("decline_offer", AT_WORK, (), (Who.BUYER,), needs="offer"),
    Move("ask_refund", AT_WORK, (State.REFUND_REQUESTED,), (Who.BUYER,)),
    Move("accept_refund", (State.REFUND_REQUESTED,), (State.REFUNDED,), (Who.SELLER, Who.TIMER), moves_money=True),
    Move("withdraw_refund", (State.REFUND_REQUESTED,), AT_WORK, (Who.BUYER,)),
    Move("escalate", (State.REFUND_REQUESTED,), (State.DISPUTED,), (Who.BUYER, Who.SELLER)),
    Move("add_evidence", (State.DISPUTED,), (), (Who.BUYER, Who.SELLER), needs="evidence_open"),
    Move("propose_decision", (State.DISPUTED,), (), (Who.STAFF,)),
    Move(
        "decide",
        (State.DISPUTED,),
        (State.REFUNDED, State.RELEASED, State.SPLIT),
        (Who.STAFF, Who.TIMER),
        moves_money=True,
    ),
    Move("charge_back", IN_ESCROW, (State.CHARGED_BACK,), (Who.PROVIDER,), moves_money=True),
)
BY_VERB = {move.verb: move for move in MOVES}
PAIRS = frozenset(pair for move in MOVES for pair in move.pairs())


def can(verb: str, state: str) -> bool:
    """Whether the machine knows this verb in this state; who may say it is another question."""
    return state in BY_VERB[verb].sources


class AttemptState(models.TextChoices):
    CREATED = "created", _("Begun")
    REDIRECTED = "redirected", _("At the provider")
    RETURNED = "returned", _("Back from the provider")
    UNKNOWN = "unknown", _("Not known yet")
    VERIFIED = "verified", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Given up")


class RefundState(models.TextChoices):
    CREATED = "created", _("To be sent")
    TRANSIT = "transit", _("On its way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    EXTERNAL = "external", _("Done at the provider's desk")


class PayoutState(models.TextChoices):
    CREATED = "created", _("To be sent")
    SENT = "sent", _("Sent to the bank")
    CONFIRMED = "confirmed", _("Arrived")
    RETURNED = "returned", _("Returned by the bank")


class CouponState(models.TextChoices):
    ACTIVE = "active", _("Counts")
    PAUSED = "paused", _("Paused")


COUPON_PAIRS = frozenset({("active", "paused"), ("paused", "active")})

_A, _R, _P = AttemptState, RefundState, PayoutState
ATTEMPT_OPEN = (_A.CREATED, _A.REDIRECTED, _A.RETURNED, _A.UNKNOWN)
# A provider may still say "paid" after it said nothing or no: late money is never lost.
ATTEMPT_PAIRS = frozenset(
    {(_A.CREATED, _A.REDIRECTED), (_A.CREATED, _A.RETURNED), (_A.REDIRECTED, _A.RETURNED)}
    | {(source, target) for source in ATTEMPT_OPEN for target in (_A.VERIFIED, _A.FAILED, _A.EXPIRED, _A.UNKNOWN)}
    | {(_A.FAILED, _A.VERIFIED), (_A.EXPIRED, _A.VERIFIED)}
) - {(_A.UNKNOWN, _A.UNKNOWN)}
REFUND_PAIRS = frozenset(
    {(_R.CREATED, _R.TRANSIT)}
    | {(source, target) for source in (_R.CREATED, _R.TRANSIT) for target in (_R.DONE, _R.FAILED, _R.EXTERNAL)}
)
PAYOUT_PAIRS = frozenset({(_P.CREATED, _P.SENT), (_P.SENT, _P.CONFIRMED), (_P.SENT, _P.RETURNED)})

REFUND_REQUEST_PAIRS = frozenset(("open", end) for end in ("accepted", "withdrawn", "escalated", "ended"))
OFFER_PAIRS = frozenset(("open", end) for end in ("accepted", "declined", "lapsed"))
DISPUTE_PAIRS = frozenset(
    {("open", "proposed"), ("proposed", "open")}
    | {(source, end) for source in ("open", "proposed") for end in ("decided", "ended")}
)
