"""What sellers earned, to their banks: asked for, written into a file, confirmed or returned (E6)."""

import csv
import io
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.money import MAX_MINOR
from core.spreadsheets import safe_cell
from payments import selectors
from payments.machine import PayoutState
from payments.models import Account, Entry, Payout, PayoutBatch, StateChange
from payments.services.errors import BadAmount, BadRequest, NotAllowed, Refused
from payments.services.posting import Leg, post
from payments.services.verbs import verb
from sellers.models import Channel, Role

Kind = Account.Kind
DESTINATION = {"holder": 80, "account": 40}  # what a bank needs, and how long it may be
PAYOUTS_PER_FILE = 1000
TOLD = (PayoutState.SENT, PayoutState.RETURNED)


class NothingToSend(Refused):
    def __init__(self) -> None:
        super().__init__(_("There is nothing to pay out."))


def _check_destination(destination: dict[str, str]) -> dict[str, str]:
    clean = {name: str(destination.get(name, "")).strip() for name in DESTINATION}
    for name, limit in DESTINATION.items():
        if not clean[name] or len(clean[name]) > limit:
            raise BadRequest(name, _("Please fill this in."))
    return clean


def _post(payout: Payout, step: str, kind: str, legs: list[Leg], by: User | None) -> None:
    post(
        key=f"payout:{payout.pk}:{step}",
        kind=kind,
        currency=payout.currency,
        legs=legs,
        actor=by.pk if by else None,
    )


def _move(payout: Payout, to_state: PayoutState, by: User | None, *, reason: str = "", **changes: Any) -> Payout:
    before, payout.state = payout.state, to_state
    for name, value in changes.items():
        setattr(payout, name, value)
    payout.reason = reason
    payout.save(update_fields=["state", "reason", *changes])
    StateChange.objects.create(
        machine=StateChange.Machine.PAYOUT,
        row_id=payout.pk,
        from_state=before,
        to_state=to_state,
        by=by,
        reason=reason,
    )
    if to_state in TOLD:
        outbox.put("payments.payout", {"payout": payout.pk, "state": to_state}, key=f"{payout.pk}:{to_state}")
    return payout


@verb
def request_payout(*, channel: Channel, by: User, amount_minor: int, destination: dict[str, str], key: str) -> Payout:
    """The owner asks for a part of what the channel earned; it leaves the channel's balance at once.

    ``destination``: {"holder": name, "account": IBAN or the like}. Raises NotAllowed, BadAmount, BadRequest,
    NotEnoughMoney, KeyReused.
    """
    if selectors.get_role(channel.pk, by) != Role.OWNER:
        raise NotAllowed(_("Only the owner takes money out."))
    if not 1 <= amount_minor <= MAX_MINOR:
        raise BadAmount
    payout = Payout.objects.create(
        channel=channel,
        amount_minor=amount_minor,
        currency=channel.currency,
        destination=_check_destination(destination),
        requested_by=by,
    )
    legs = [
        Leg(Kind.SELLER_PAYABLE, -amount_minor, channel=channel.pk),
        Leg(Kind.PAYOUT_CLEARING, amount_minor),
    ]
    _post(payout, "asked", Entry.Kind.PAYOUT, legs, by)
    return payout


@verb
def make_payout_file(*, currency: str, by: User, key: str) -> PayoutBatch:
    """The payouts of a currency that wait longest, in one CSV for the bank; each is in at most one file.

    Raises NotAllowed (staff only), NothingToSend, KeyReused.
    """
    if not by.is_staff:
        raise NotAllowed
    waiting = Payout.objects.select_for_update(no_key=True, of=("self",)).filter(
        currency=currency, state=PayoutState.CREATED
    )
    payouts = list(waiting.select_related("channel").order_by("pk")[:PAYOUTS_PER_FILE])
    if not payouts:
        raise NothingToSend
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["payout", "channel", "holder", "account", "amount_minor", "currency"])
    for payout in payouts:
        holder, account = safe_cell(payout.destination["holder"]), safe_cell(payout.destination["account"])
        writer.writerow([payout.pk, payout.channel.handle, holder, account, payout.amount_minor, currency])
    total = sum(payout.amount_minor for payout in payouts)
    batch = PayoutBatch.objects.create(currency=currency, content=text.getvalue(), total_minor=total, made_by=by)
    for payout in payouts:
        _move(payout, PayoutState.SENT, by, batch=batch)
    data = {"currency": currency, "payouts": len(payouts), "total_minor": total}
    audit.log(actor=by, verb="made", subject=batch, data=data)
    return batch


def _lock_sent(payout: Payout, by: User) -> Payout:
    payout = Payout.objects.select_for_update(no_key=True).get(pk=payout.pk)
    if not by.is_staff or payout.state != PayoutState.SENT:
        raise NotAllowed
    return payout


@verb
def confirm_payout(*, payout: Payout, by: User, bank_reference: str = "", key: str) -> Payout:
    """The bank says it arrived (staff)."""
    payout = _lock_sent(payout, by)
    legs = [Leg(Kind.PAYOUT_CLEARING, -payout.amount_minor), Leg(Kind.BANK, payout.amount_minor)]
    _post(payout, "confirmed", Entry.Kind.PAYOUT_CONFIRMED, legs, by)
    audit.log(actor=by, verb="confirmed", subject=payout, data={"bank_reference": bank_reference})
    return _move(
        payout, PayoutState.CONFIRMED, by, bank_reference=bank_reference.strip()[:120], settled_at=timezone.now()
    )


@verb
def return_payout(*, payout: Payout, by: User, reason: str, key: str) -> Payout:
    """The bank sent it back (staff): the channel has it again. Raises NotAllowed, BadRequest, KeyReused."""
    payout, reason = _lock_sent(payout, by), reason.strip()[:300]
    if not reason:
        raise BadRequest("reason", _("Write why: the seller reads it."))
    legs = [
        Leg(Kind.PAYOUT_CLEARING, -payout.amount_minor),
        Leg(Kind.SELLER_PAYABLE, payout.amount_minor, channel=payout.channel_id),
    ]
    _post(payout, "returned", Entry.Kind.PAYOUT_RETURNED, legs, by)
    audit.log(actor=by, verb="returned", subject=payout, reason=reason)
    return _move(payout, PayoutState.RETURNED, by, reason=reason, settled_at=timezone.now())
