"""What sellers earned, to their banks: asked for, written into a file, confirmed or returned (E6)."""

import csv
import io
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox
from core.money import MAX_MINOR
from payments import selectors
from payments.machine import PayoutState
from payments.models import Account, Entry, Payout, PayoutBatch, StateChange
from payments.services.errors import BadAmount, BadRequest, NotAllowed, Refused
from payments.services.posting import Leg, post
from payments.services.verbs import verb
from sellers.models import Channel, Role

Kind = Account.Kind
DESTINATION = {"holder": 80, "account": 40}  # what a bank needs, and how long it may be
TOLD = (PayoutState.SENT, PayoutState.RETURNED)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@verb
def make_payout_file(*, currency: str, by: User, key: str) -> PayoutBatch:
    """All payouts of a currency that wait, in one CSV for the bank; each is in at most one file.

    Raises NotAllowed (staff only), NothingToSend, KeyReused.
    """
    if not by.is_staff:
        raise NotAllowed
    waiting = Payout.objects.select_for_update(no_key=True, of=("self",)).filter(
        currency=currency, state=PayoutState.CREATED
    )
    payouts = list(waiting.select_related("channel").order_by("pk"))
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
    return _move(
        payout, PayoutState.CONFIRMED, by, bank_reference=bank_reference.strip()[:120], settled_at=timezone.now()
    )


@verb
def return_payout(*, payout: Payout, by: User, reason: str, key: str) -> Payout:
    """The bank sent it back (staff): the channel has it again."""
    payout = _lock_sent(payout, by)
    legs = [
        Leg(Kind.PAYOUT_CLEARING, -payout.amount_minor),
        Leg(Kind.SELLER_PAYABLE, payout.amount_minor, channel=payout.channel_id),
    ]
    _post(payout, "returned", Entry.Kind.PAYOUT_RETURNED, legs, by)
    reason = reason.strip()[:300]
    return _move(payout, PayoutState.RETURNED, by, reason=reason, settled_at=timezone.now())


@transaction.atomic
def record_settlement(
    *, provider: str, currency: str, amount_minor: int, cost_minor: int, reference: str, by: User | None = None
) -> int:
    """The provider paid ``amount - cost`` into our bank (E2); the same reference counts once. Returns the entry's id."""
    key = f"settled:{provider}:{reference}"
    known = Entry.objects.filter(key=key).values_list("pk", flat=True).first()
    if known:
        return known
    if not 0 <= cost_minor <= amount_minor <= 1000 * MAX_MINOR:
        raise BadAmount
    return post(
        key=key,
        kind=Entry.Kind.SETTLED,
        currency=currency,
        legs=[
            Leg(Kind.BANK, cost_minor - amount_minor),
            Leg(Kind.PSP_COST, -cost_minor),
            Leg(Kind.GATEWAY_CLEARING, amount_minor, provider=provider),
        ],
        actor=by.pk if by else None,
    )
