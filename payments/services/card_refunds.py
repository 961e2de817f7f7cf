"""From a wallet back to the card the money came from (E4, to card). A sweeper hands created ones to the provider."""

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from payments.machine import AttemptState, RefundState
from payments.models import Account, Entry, PaymentAttempt, Refund, StateChange
from payments.services.errors import BadAmount, BadRequest, NotAllowed
from payments.services.posting import Leg, post
from payments.services.verbs import verb

Kind = Account.Kind
_OPEN = (RefundState.CREATED, RefundState.TRANSIT)


@verb
def refund_to_card(*, attempt: PaymentAttempt, by: User, amount_minor: int, key: str) -> Refund:
    """Sends a part of her wallet back to the card of one of her payments, at most what came from it.

    By the person herself or staff. Raises NotAllowed, BadAmount, NotEnoughMoney, KeyReused.
    """
    attempt = PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.state != AttemptState.VERIFIED or not (by.is_staff or by.pk == attempt.person_id):
        raise NotAllowed
    if Entry.objects.filter(key=f"attempt:{attempt.pk}:charged_back").exists():
        raise NotAllowed
    gone = attempt.refunds.exclude(state=RefundState.FAILED).aggregate(total=Sum("amount_minor"))["total"] or 0
    if not 1 <= amount_minor <= attempt.amount_minor - gone:
        raise BadAmount
    refund = Refund.objects.create(attempt=attempt, amount_minor=amount_minor, currency=attempt.currency, by=by)
    legs = [
        Leg(Kind.WALLET, -amount_minor, person=attempt.person_id),
        Leg(Kind.REFUND_CLEARING, amount_minor, provider=attempt.provider),
    ]
    _post(refund, "asked", Entry.Kind.CARD_REFUND, legs, by)
    return refund


def _post(refund: Refund, step: str, kind: str, legs: list[Leg], by: User | None) -> None:
    key = f"refund:{refund.pk}:{step}"
    post(key=key, kind=kind, currency=refund.currency, legs=legs, actor=by.pk if by else None)


@verb
def settle_by_hand(*, refund: Refund, by: User, provider_reference: str, key: str) -> Refund:
    """Staff sent it back at the provider's own desk, which gave it that number. Raises NotAllowed, BadRequest."""
    if not by.is_staff:
        raise NotAllowed
    if not (number := provider_reference.strip()):
        raise BadRequest("reason", _("Write the provider’s number of it."))
    settled = settle_refund(refund=refund, state=RefundState.EXTERNAL, provider_reference=number, by=by)
    if settled.state != RefundState.EXTERNAL:
        raise NotAllowed(_("It is settled already."))
    audit.log(actor=by, verb="settled", subject=settled, data={"provider_reference": number})
    return settled


@transaction.atomic
def settle_refund(
    *, refund: Refund, state: str, provider_reference: str = "", detail: str = "", by: User | None = None
) -> Refund:
    """What became of it: transit, done, failed (the wallet has it again) or external. Told twice, it changes nothing."""
    attempt = refund.attempt
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund.pk)
    if refund.state not in _OPEN or refund.state == state:
        return refund
    clearing = Leg(Kind.REFUND_CLEARING, -refund.amount_minor, provider=attempt.provider)
    if state == RefundState.FAILED:
        back = Leg(Kind.WALLET, refund.amount_minor, person=attempt.person_id)
        _post(refund, "failed", Entry.Kind.CARD_REFUND_BACK, [clearing, back], by)
    elif state in (RefundState.DONE, RefundState.EXTERNAL):
        _post(refund, "done", Entry.Kind.CARD_REFUND_DONE, [clearing, Leg(Kind.BANK, refund.amount_minor)], by)
    changes: dict[str, Any] = {"detail": detail[:300], "provider_reference": provider_reference[:120]}
    before, refund.state = refund.state, state
    refund.detail, refund.provider_reference = changes["detail"], changes["provider_reference"]
    refund.settled_at = None if state == RefundState.TRANSIT else timezone.now()
    refund.save(update_fields=["state", "settled_at", *changes])
    StateChange.objects.create(
        machine=StateChange.Machine.REFUND,
        row_id=refund.pk,
        from_state=before,
        to_state=state,
        by=by,
        reason=detail[:300],
    )
    return refund
