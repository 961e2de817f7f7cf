"""Money back into the buyer's wallet: all of it, a part the seller offers, or what the buyer asks for."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox
from core.models import Picture
from payments.machine import State, Who
from payments.models import MoneyRequest, RefundOffer, RefundRequest
from payments.models.refunds import MAX_REFUND_PICTURES
from payments.services import coupons, stock
from payments.services.errors import BadAmount, BadRequest, NotAllowed
from payments.services.moves import lapse_offers, lock_for, move, tell
from payments.services.posting import pay_out_of_escrow
from payments.services.verbs import verb

Outcome = RefundRequest.Outcome


def refund(
    request: MoneyRequest, *, who: Who, by: User | None = None, key: str = "", as_verb: str = "refund", reason: str = ""
) -> MoneyRequest:
    """Refunds all that is held of a locked request (E4); its coupon may be used again.

    What was never shipped goes back on the shelf.
    """
    pay_out_of_escrow(request, to_buyer=request.held_minor, everything=True, actor=by.pk if by else None)
    if request.shipped_at is None:
        stock.give_back(request)
    coupons.give_use_back(request)
    lapse_offers(request)
    close_refund_request(request, Outcome.ACCEPTED)
    return move(
        request, as_verb, State.REFUNDED, who=who, by=by, key=key, reason=reason, refunded_minor=request.amount_minor
    )


def close_refund_request(request: MoneyRequest, outcome: str) -> None:
    request.refund_requests.filter(state=Outcome.OPEN).update(state=outcome, closed_at=timezone.now())


@verb
def refund_request_in_full(*, request: MoneyRequest, by: User, reason: str = "", key: str) -> MoneyRequest:
    """The seller gives everything back, before or after shipping."""
    request, who = lock_for(request, by, "refund")
    return refund(request, who=who, by=by, key=key, reason=reason)


@verb
def offer_partial_refund(
    *, request: MoneyRequest, by: User, amount_minor: int, note: str = "", key: str
) -> RefundOffer:
    """The seller offers a part of what is held; one offer lies open at a time.

    Raises NotAllowed, BadAmount (all of it is refund_request_in_full), KeyReused.
    """
    request, _who = lock_for(request, by, "offer_refund")
    if not 1 <= amount_minor < request.held_minor:
        raise BadAmount
    if request.refund_offers.filter(state=RefundOffer.State.OPEN).exists():
        raise NotAllowed(_("There is an open offer already."))
    tell(request)
    offer = RefundOffer.objects.create(request=request, by=by, amount_minor=amount_minor, note=note.strip()[:500])
    return _tell_offer(offer)


def _tell_offer(offer: RefundOffer) -> RefundOffer:
    outbox.put("payments.offer", {"offer": offer.pk, "state": offer.state}, key=f"{offer.pk}:{offer.state}")
    return offer


def _lock_offer(offer: RefundOffer, by: User, verb: str) -> tuple[RefundOffer, MoneyRequest, Who]:
    request, who = lock_for(offer.request, by, verb)
    offer = RefundOffer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if offer.state != RefundOffer.State.OPEN:
        raise NotAllowed
    return offer, request, who


def _close_offer(offer: RefundOffer, state: str) -> RefundOffer:
    offer.state, offer.closed_at = state, timezone.now()
    offer.save(update_fields=["state", "closed_at"])
    return _tell_offer(offer)


@verb
def accept_offer(*, offer: RefundOffer, by: User, key: str) -> RefundOffer:
    """The buyer takes the part; the request goes on with the rest (E4)."""
    offer, request, who = _lock_offer(offer, by, "accept_offer")
    if offer.amount_minor >= request.held_minor:
        raise BadAmount
    pay_out_of_escrow(request, to_buyer=offer.amount_minor, everything=False, actor=by.pk)
    refunded = request.refunded_minor + offer.amount_minor
    move(request, "accept_offer", request.state, who=who, by=by, key=key, refunded_minor=refunded)
    return _close_offer(offer, RefundOffer.State.ACCEPTED)


@verb
def decline_offer(*, offer: RefundOffer, by: User, key: str) -> RefundOffer:
    """The buyer says no to the part."""
    offer, request, _who = _lock_offer(offer, by, "decline_offer")
    tell(request)
    return _close_offer(offer, RefundOffer.State.DECLINED)


@verb
def ask_refund(
    *, request: MoneyRequest, by: User, reason: str, text: str = "", pictures: Sequence[Picture] = (), key: str
) -> RefundRequest:
    """The buyer wants her money back: the timer stands still, the seller has three days to answer.

    Raises NotAllowed, BadRequest, KeyReused.
    """
    request, who = lock_for(request, by, "ask_refund")
    if reason not in RefundRequest.Reason.values:
        raise BadRequest("reason", _("Choose one of the list."))
    if len(text) > 2000:
        raise BadRequest("text", _("Please write at most 2,000 characters."))
    if len(pictures) > MAX_REFUND_PICTURES:
        raise BadRequest("pictures", _("Those are too many pictures."))
    now = timezone.now()
    asked = RefundRequest.objects.create(
        request=request,
        by=by,
        reason=reason,
        text=text.strip(),
        state_before=request.state,
        timer_before=request.timer,
        time_left=max(dt.timedelta(), (request.due_at or now) - now),
    )
    asked.pictures.set(pictures)
    lapse_offers(request)
    move(request, "ask_refund", State.REFUND_REQUESTED, who=who, by=by, key=key, reason=asked.get_reason_display())
    return asked


@verb
def accept_refund(*, request: MoneyRequest, by: User, key: str) -> MoneyRequest:
    """The seller agrees: everything that is held goes back."""
    request, who = lock_for(request, by, "accept_refund")
    return refund(request, who=who, by=by, key=key, as_verb="accept_refund")


@verb
def withdraw_refund(*, request: MoneyRequest, by: User, key: str) -> MoneyRequest:
    """The buyer takes it back; the request goes on where it was, with the time that was left."""
    request, who = lock_for(request, by, "withdraw_refund")
    asked = request.refund_requests.get(state=Outcome.OPEN)
    close_refund_request(request, Outcome.WITHDRAWN)
    timer = (asked.timer_before, asked.time_left)
    return move(request, "withdraw_refund", asked.resumes_as, who=who, by=by, key=key, timer=timer)
