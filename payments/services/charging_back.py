"""The provider takes a payment back, whatever became of it (E9, E9a)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from payments import selectors
from payments.machine import AttemptState, State, Who
from payments.models import Account, Dispute, Entry, MoneyRequest, PaymentAttempt, RefundRequest
from payments.services.disputing import close_dispute
from payments.services.errors import BadRequest, NotAllowed
from payments.services.moves import lapse_offers, lock, move
from payments.services.posting import Leg, lock_balances, post
from payments.services.refunding import close_refund_request
from payments.services.verbs import again_on_conflict

Kind = Account.Kind


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the amount is taken from; the parts sum to it. The buyer gives back what she got back, as far as it is there."""

    escrow: int
    wallet: int
    seller: int
    loss: int


def find_sources(amount: int, *, held: int, refunded: int, wallet: int, seller: int) -> Sources:
    """Escrow first; then what went back to the buyer's wallet, then the seller's balance; the rest is lost."""
    from_wallet = min(refunded, wallet, amount - held)
    from_seller = min(amount - held - refunded, seller)
    return Sources(held, from_wallet, from_seller, amount - held - from_wallet - from_seller)


def charge_back_key(attempt: PaymentAttempt) -> str:
    """Of the entry that says an attempt was charged back."""
    return f"attempt:{attempt.pk}:charged_back"


def charge_back(
    *, attempt: PaymentAttempt, reason: str = "", by: User | None = None, reference: str = ""
) -> PaymentAttempt:
    """A verified payment is taken back by the provider. Told twice, it changes nothing.

    Money that is still held leaves escrow and ends the request; after its end the request stays as it is and the
    money is taken from whoever has it. ``by``: staff to whom the provider wrote, with its ``reference``; both words
    are needed then. Raises NotAllowed (before the attempt is verified; staff who are a party), BadRequest.
    """
    if by is not None:
        _check_staff(attempt, by, reference=reference, reason=reason)
    return again_on_conflict(lambda: _charge_back(attempt, reason.strip(), by, reference.strip()))


def _check_staff(attempt: PaymentAttempt, by: User, **words: str) -> None:
    is_party = by.pk == attempt.person_id or (attempt.request and selectors.is_party(attempt.request, by))
    if not by.is_staff or is_party:
        raise NotAllowed
    for name, text in words.items():
        if not text.strip():
            raise BadRequest(name, _("Please fill this in."))


@transaction.atomic
def _charge_back(attempt: PaymentAttempt, reason: str, by: User | None, reference: str) -> PaymentAttempt:
    request = lock(attempt.request) if attempt.request else None
    attempt = PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    key = charge_back_key(attempt)
    if attempt.state != AttemptState.VERIFIED:
        raise NotAllowed
    if Entry.objects.filter(key=key).exists():
        return attempt
    if by is not None:
        audit.log(
            actor=by, verb="charged back", subject=attempt, reason=reason[:500], data={"reference": reference[:120]}
        )  # fmt: skip
    if request is None or not attempt.pays_request:  # it never left the wallet
        balances = lock_balances(attempt.currency, person=attempt.person_id)
        sources = find_sources(
            attempt.amount_minor, held=0, refunded=attempt.amount_minor, wallet=balances[Kind.WALLET], seller=0
        )
        _post(key, attempt, sources, None)
        return attempt
    balances = lock_balances(attempt.currency, person=attempt.person_id, channel=request.channel_id)
    held = request.held_minor
    sources = find_sources(
        attempt.amount_minor,
        held=held,
        refunded=request.refunded_minor,
        wallet=balances[Kind.WALLET],
        seller=0 if held else balances[Kind.SELLER_PAYABLE],
    )
    _post(key, attempt, sources, request)
    if held:
        _end(request, reason, by)
    return attempt


def _post(key: str, attempt: PaymentAttempt, sources: Sources, request: MoneyRequest | None) -> None:
    post(
        key=key,
        kind=Entry.Kind.CHARGED_BACK,
        currency=attempt.currency,
        legs=[
            Leg(Kind.ESCROW, -sources.escrow),
            Leg(Kind.WALLET, -sources.wallet, person=attempt.person_id),
            Leg(Kind.SELLER_PAYABLE, -sources.seller, channel=request.channel_id if request else None),
            Leg(Kind.CHARGEBACK_LOSS, -sources.loss),
            Leg(Kind.GATEWAY_CLEARING, attempt.amount_minor, provider=attempt.provider),
        ],
        request=request if sources.escrow else None,
    )


def _end(request: MoneyRequest, reason: str, by: User | None) -> None:
    lapse_offers(request)
    close_refund_request(request, RefundRequest.Outcome.ENDED)
    open_disputes = Dispute.objects.filter(request=request, state__in=[Dispute.State.OPEN, Dispute.State.PROPOSED])
    for dispute in open_disputes:
        close_dispute(dispute, Dispute.State.ENDED)
    move(request, "charge_back", State.CHARGED_BACK, who=Who.PROVIDER, by=by, reason=reason)
