"""Moving money: the only caller of ``payments_post``."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection

from payments.fees import share_out
from payments.models import Account, Entry, MoneyRequest
from payments.services.errors import NotEnoughMoney
from payments.services.verbs import body_hash

Kind = Account.Kind


@dataclass(frozen=True, slots=True)
class Leg:
    """Minor units onto one account; kinds of people and channels name their owner."""

    kind: str
    amount: int
    person: int | None = None
    channel: int | None = None
    provider: str = ""


def post(
    *,
    key: str,
    kind: str,
    currency: str,
    legs: Iterable[Leg],
    request: MoneyRequest | None = None,
    actor: int | None = None,
) -> int:
    """Writes one entry (with a request: of its next version) and moves its balances; returns the entry's id.

    Legs of 0 are left out. Raises NotEnoughMoney where a balance would fall below its floor; the database refuses
    whatever does not sum to 0.
    """
    rows = [_leg_json(leg) for leg in legs if leg.amount]
    version = request.version + 1 if request else None
    digest = body_hash(kind, {"currency": currency, "legs": rows, "version": version})
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT payments_post(%s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
                [key, kind, request.pk if request else None, version, digest, actor, currency, json.dumps(rows)],
            )
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        if "account_above_floor" in str(error):
            raise NotEnoughMoney from error
        raise


def _leg_json(leg: Leg) -> dict[str, Any]:
    owner = {"person": leg.person, "channel": leg.channel, "provider": leg.provider}
    return {"kind": str(leg.kind), "amount": leg.amount} | {name: value for name, value in owner.items() if value}


def lock_balances(currency: str, *, person: int | None = None, channel: int | None = None) -> dict[str, int]:
    """The wallet's and the seller's balance, locked in the order of their accounts; an account never used is 0."""
    owners = []
    if person:
        owners.append({"kind": Kind.WALLET, "person": person})
    if channel:
        owners.append({"kind": Kind.SELLER_PAYABLE, "channel": channel})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payments_lock_balances(%s, %s::jsonb)", [currency, json.dumps(owners)])
        return {str(Kind.WALLET): 0, str(Kind.SELLER_PAYABLE): 0} | dict(cursor.fetchall())


def hold(request: MoneyRequest, *, actor: int | None) -> None:
    """E1, second pair: from the buyer's wallet into escrow."""
    post(
        key=f"request:{request.pk}:{request.version + 1}",
        kind=Entry.Kind.HELD,
        currency=request.currency,
        legs=[
            Leg(Kind.WALLET, -request.amount_minor, person=request.buyer_id),
            Leg(Kind.ESCROW, request.amount_minor),
        ],
        request=request,
        actor=actor,
    )


def pay_out_of_escrow(request: MoneyRequest, *, to_buyer: int, everything: bool, actor: int | None) -> None:
    """E3, E4, E5: ``to_buyer`` into the buyer's wallet; with ``everything`` the rest to the seller, less the fee."""
    held = request.held_minor
    leaving = held if everything else to_buyer
    parts = share_out(leaving, to_buyer=to_buyer, basis_points=request.fee_basis_points)
    kind = (
        Entry.Kind.REFUNDED if not parts.seller + parts.fee else Entry.Kind.SPLIT if to_buyer else Entry.Kind.RELEASED
    )
    post(
        key=f"request:{request.pk}:{request.version + 1}",
        kind=kind,
        currency=request.currency,
        legs=[
            Leg(Kind.ESCROW, -leaving),
            Leg(Kind.WALLET, parts.buyer, person=request.buyer_id),
            Leg(Kind.SELLER_PAYABLE, parts.seller, channel=request.channel_id),
            Leg(Kind.FEE_INCOME, parts.fee),
        ],
        request=request,
        actor=actor,
    )
