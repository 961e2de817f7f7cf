"""What is tried on money requests: their parties, prices, states, terms and history."""

from collections.abc import Sequence
from typing import Any

from core.money import MAX_MINOR
from payments.machine import ENDED
from payments.models import MoneyRequest, RequestTransition, RequestVersion
from tests.payments.guards_tools import Deed, emptied, leg, made, make, only_added, raw_post, sql, twice
from tests.payments.market import check_now, owner, pay

PRICE = 100_00


def born(**words: object) -> Deed:
    """A new request, with the rows that say who made it and what was asked."""
    return lambda request, _model: ask_bare(request, **words)


def ask_bare(request: MoneyRequest, **words: object) -> MoneyRequest:
    row = make("moneyrequest", request, **words)
    make("requesttransition", row, version=row.version, to_state=row.state)
    make_terms(row)
    return row


def make_terms(request: MoneyRequest, **words: object) -> RequestVersion:
    """What the request says of itself, frozen, but for these words."""
    given = {"version": request.terms_version, "amount_minor": request.amount_minor, "fee_minor": request.fee_minor}
    return make("requestversion", request, **given | words)


def move(request: MoneyRequest, state: str, *, step: int = 1, legs: Sequence[dict] = (), **words: Any) -> MoneyRequest:
    """A whole transition: the row that says who, its entry if money moves, and the request itself."""
    version = request.version + step
    make("requesttransition", request, version=version, from_state=request.state, to_state=state)
    if legs:
        raw_post(*legs, request=request.pk, version=version)
    rest = {"due_at": None, "timer": ""} if state in ENDED else {}
    MoneyRequest.objects.filter(pk=request.pk).update(state=state, version=version, **rest | words)
    return MoneyRequest.objects.get(pk=request.pk)


def out_of_escrow(request: MoneyRequest, amount: int) -> list[dict]:
    return [leg("escrow", -amount), leg("wallet", amount, person=request.buyer_id)]


def pay_now(request: MoneyRequest) -> MoneyRequest:
    paid = pay(request)
    check_now()
    return paid


def ask_with_one_token(request: MoneyRequest, *_: object) -> None:
    for _again in range(2):
        ask_bare(request, token="once")


# --- moves


def jump(request: MoneyRequest, *_: object) -> None:
    """Released without ever being paid."""
    move(request, "released")


def skip_a_version(request: MoneyRequest, *_: object) -> None:
    move(request, "declined", step=2)


def idle_version(request: MoneyRequest, *_: object) -> None:
    move(request, request.state)


def change_parties(request: MoneyRequest, *_: object) -> None:
    MoneyRequest.objects.filter(pk=request.pk).update(token="another")


def change_the_price(request: MoneyRequest, *_: object) -> None:
    """All but a cent of what was paid becomes our income."""
    paid, taken, less = pay_now(request), PRICE - 1, {"amount_minor": 1, "fee_minor": 0}
    make_terms(paid, version=2, **less)
    move(paid, "held", legs=[leg("escrow", -taken), leg("fee_income", taken)], terms_version=2, **less)


def change_the_address(request: MoneyRequest, *_: object) -> None:
    MoneyRequest.objects.filter(pk=pay_now(request).pk).update(address={"city": "Elsewhere"})


def take_back_a_refund(request: MoneyRequest, *_: object) -> None:
    paid = pay_now(request)
    less = move(paid, "held", legs=out_of_escrow(paid, 10_00), refunded_minor=10_00)
    move(less, "held", legs=out_of_escrow(paid, -10_00), refunded_minor=0)


def buy_from_oneself(request: MoneyRequest, *_: object) -> None:
    ask_bare(request, buyer=owner(request.channel))


def buy_from_ones_new_team(request: MoneyRequest, *_: object) -> None:
    request.channel.members.create(person=request.buyer, role="viewer")
    move(request, "held", legs=[leg("wallet", -PRICE, person=request.buyer_id), leg("escrow", PRICE)])


def born_paid(request: MoneyRequest, *_: object) -> None:
    row = ask_bare(request, state="held")
    raw_post(*out_of_escrow(row, -1), request=row.pk, version=1)


# --- what the state says against what escrow holds


def held_for_free(request: MoneyRequest, *_: object) -> None:
    """The state says paid, the transition is written, no money moved."""
    move(request, "held")


def held_elsewhere(request: MoneyRequest, *_: object) -> None:
    """Money moves, but not into escrow."""
    move(request, "held", legs=[leg("wallet", -PRICE, person=request.buyer_id), leg("fee_income", PRICE)])


def silent_move(request: MoneyRequest, *_: object) -> None:
    """A transition without the row that says who."""
    MoneyRequest.objects.filter(pk=request.pk).update(
        state="declined", version=request.version + 1, due_at=None, timer=""
    )


# --- what it says against the terms that were shown


def ask_without_terms(request: MoneyRequest, *_: object) -> None:
    row = make("moneyrequest", request)
    make("requesttransition", row, version=1)


def ask_another_price(request: MoneyRequest, *_: object) -> None:
    edit(request, amount_minor=PRICE + 1)


def take_another_fee(request: MoneyRequest, *_: object) -> None:
    edit(request, fee_minor=request.fee_minor + 1)


def point_to_no_terms(request: MoneyRequest, *_: object) -> None:
    move(request, "requested", terms_version=2)


def edit(request: MoneyRequest, **words: object) -> None:
    """New terms are written; the request says this instead."""
    make_terms(request, version=2)
    move(request, "requested", terms_version=2, **words)


# --- amounts


def refund_too_much(request: MoneyRequest, *_: object) -> None:
    move(request, "declined", refunded_minor=PRICE + 1)


def refund_less_than_it_says(request: MoneyRequest, *_: object) -> None:
    paid = pay_now(request)
    move(paid, "refunded", legs=out_of_escrow(paid, PRICE), refunded_minor=PRICE - 1)


def hold_nothing(request: MoneyRequest, *_: object) -> None:
    """All is refunded, and the request goes on."""
    paid = pay_now(request)
    move(paid, "held", legs=out_of_escrow(paid, PRICE), refunded_minor=PRICE)


def wait_for_ever(request: MoneyRequest, *_: object) -> None:
    MoneyRequest.objects.filter(pk=request.pk).update(due_at=None, timer="")


def ended_with_a_timer(request: MoneyRequest, *_: object) -> None:
    move(request, "declined", due_at=request.due_at, timer="expire")


def delete_request(request: MoneyRequest, *_: object) -> None:
    """With its history, whose own guards look away."""
    check_now()
    for history in (RequestTransition, RequestVersion):
        sql(f"ALTER TABLE {history._meta.db_table} DISABLE TRIGGER USER")
        history.objects.filter(request=request).delete()
    sql("DELETE FROM payments_moneyrequest WHERE id = %s", request.pk)


REQUESTS = {
    "moneyrequest": {
        "moves": [
            *(jump, skip_a_version, idle_version, take_back_a_refund),
            *(change_parties, change_the_price, change_the_address),
            *(buy_from_oneself, buy_from_ones_new_team),
            *(born_paid, born(version=7), born(refunded_minor=1)),
        ],
        "escrow_is_as_stated": [held_for_free, held_elsewhere, silent_move],
        "has_its_terms": [ask_without_terms, ask_another_price, take_another_fee, point_to_no_terms],
        "in_the_channels_currency": [born(currency="EUR")],
        "token": [ask_with_one_token],
        "request_amount_in_range": [born(amount_minor=0), born(amount_minor=MAX_MINOR + 1)],
        "request_fee_in_range": [born(fee_minor=-1), born(fee_minor=2), born(fee_basis_points=10_001)],
        "refunded_at_most_all": [refund_too_much],
        "refunded_means_all": [refund_less_than_it_says],
        "something_is_left": [hold_nothing],
        "open_request_has_a_timer": [wait_for_ever, ended_with_a_timer],
        "no_delete": [delete_request],
        "no_truncate": [emptied],
    },
    "requestversion": {
        "terms_once_per_version": [twice()],
        "terms_parts_not_negative": [made(delivery_minor=-1), made(discount_minor=-1)],
        "terms_name_their_coupon": [made(coupon_code="SPRING"), made(coupon_minor=1)],
        **only_added(amount_minor=2),
    },
    "requesttransition": {"transition_once_per_version": [twice()], **only_added(reason="I said so")},
    "reservation": {"reserved_once": [twice()], "reservation_of_something": [made(quantity=0)]},
}
