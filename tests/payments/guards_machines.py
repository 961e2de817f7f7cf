"""What is tried on the small machines beside a request, and on what they leave behind."""

import datetime as dt
from typing import Any

from django.db.models import Model

from core.money import MAX_MINOR
from payments.models import MoneyRequest, PaymentAttempt
from tests.payments.guards_tools import (
    KEPT,
    ROWS,
    Deed,
    changed,
    enter,
    leg,
    made,
    make,
    moved,
    only_added,
    raw_post,
    twice,
    verified,
)
from tests.payments.market import owner

TOO_MUCH = MAX_MINOR + 1
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def begin(request: MoneyRequest, **words: object) -> PaymentAttempt:
    """An attempt to pay the request as it is, but for these words."""
    given = {"request": request, "version": request.version, "amount_minor": request.amount_minor}
    return make("paymentattempt", request, **given | words)


def begun(**words: object) -> Deed:
    return lambda request, _model: begin(request, **words)


def pay_twice(request: MoneyRequest, *_: object) -> None:
    """Two attempts are verified, and both pay the request."""
    for _again in range(2):
        verified(begin(request), pays_request=True)


def pay_for_somebody(request: MoneyRequest, *_: object) -> None:
    begin(request, person=owner(request.channel))


def refund_twice(request: MoneyRequest, *_: object) -> None:
    """Each goes back to the card whole."""
    once = make("refund", request)
    make("refund", request, attempt=once.attempt)


def refund_what_never_came(request: MoneyRequest, *_: object) -> None:
    make("refund", request, attempt=make("paymentattempt", request))


def unbooked(request: MoneyRequest, model: type[Model]) -> Any:
    """A row whose money stays where it was."""
    return model.objects.create(**ROWS[model._meta.model_name](request))


def booked(**words: object) -> Deed:
    """A row whose entry says this."""
    return lambda request, model: enter(unbooked(request, model), "created", **words)


def booked_from_elsewhere(request: MoneyRequest, model: type[Model]) -> None:
    row = unbooked(request, model)
    name = model._meta.model_name
    raw_post(leg("fee_income", -1), leg(f"{name}_clearing", 1), key=f"{name}:{row.pk}:asked")


def settled_unbooked(*states: str) -> Deed:
    """A lawful row goes on to these states, its money does not."""

    def deed(request: MoneyRequest, model: type[Model]) -> None:
        row = make(model._meta.model_name, request)
        for state in states:
            model.objects.filter(pk=row.pk).update(state=state)

    return deed


def judge_alone(request: MoneyRequest, *_: object) -> None:
    judge = owner(request.channel)
    make("dispute", request, proposed_by=judge, confirmed_by=judge)


MACHINES = {
    "paymentattempt": {
        "moves": [
            made(state="verified", due_at=None),
            changed(amount_minor=2),
            changed(provider="another"),
            moved("verified", "failed", due_at=None),
        ],
        "token": [twice(token="once")],
        "attempt_amount_in_range": [made(amount_minor=0), made(amount_minor=TOO_MUCH)],
        "attempt_names_its_version": [begun(version=None), made(version=1)],
        "only_verified_attempts_pay": [begun(pays_request=True)],
        "pays_what_is_asked": [
            begun(version=2),
            begun(amount_minor=99_99),
            begun(currency="EUR"),
            pay_for_somebody,
        ],
        "one_attempt_pays": [pay_twice],
        "provider_reference_once": [twice(provider_reference="A1")],
        "open_attempt_has_a_timer": [changed(due_at=None), changed(state="failed")],
        **KEPT,
    },
    "refund": {
        "moves": [made(state="done"), changed(amount_minor=2), moved("done", "created")],
        "refund_of_something": [made(amount_minor=-1)],
        "back_at_most_what_came": [made(amount_minor=2), made(currency="EUR"), refund_twice, refund_what_never_came],
        "has_its_entry": [
            *(unbooked, booked(amount=2), booked(currency="EUR"), booked_from_elsewhere),
            *(settled_unbooked("done"), settled_unbooked("external"), settled_unbooked("failed")),
        ],
        **KEPT,
    },
    "payout": {
        "moves": [
            made(state="sent"),
            changed(amount_minor=2),
            changed(destination={"account": "2"}),
            moved("confirmed"),
        ],
        "payout_amount_in_range": [made(amount_minor=-1), made(amount_minor=TOO_MUCH)],
        "has_its_entry": [
            *(unbooked, booked(amount=2), booked(currency="EUR"), booked_from_elsewhere),
            *(settled_unbooked("sent", "confirmed"), settled_unbooked("sent", "returned")),
        ],
        **KEPT,
    },
    "refundrequest": {
        "moves": [made(state="accepted"), changed(state_before="shipped"), moved("withdrawn", "open")],
        "one_open_refund_request": [twice()],
        **KEPT,
    },
    "refundoffer": {
        "moves": [made(state="accepted"), changed(amount_minor=2), moved("declined", "accepted")],
        "one_open_refund_offer": [twice()],
        "offer_of_something": [made(amount_minor=0)],
        "leaves_something": [made(amount_minor=100_00)],
        **KEPT,
    },
    "dispute": {
        "moves": [made(state="decided"), changed(opened_at=LONG_AGO), moved("decided", "open")],
        "request": [twice()],
        "two_different_persons": [judge_alone],
        "nothing_is_taken_from_the_buyer": [made(to_buyer_minor=-1)],
        **KEPT,
    },
    "evidence": only_added(text="It was never broken"),
    "statechange": only_added(reason="I said so"),
    "coupon": {
        "moves": [made(state="paused"), changed(percent=90), moved("ended")],
        "coupon_code_once": [twice(code="SPRING")],
        "coupon_takes_off_one_thing": [
            made(percent=0),
            made(percent=100),
            made(amount_minor=1),
            made(kind="amount", percent=0),
            made(kind="delivery"),
            made(kind="all"),
        ],
        "coupon_minimum_in_range": [made(minimum_minor=-1), made(minimum_minor=TOO_MUCH)],
        "coupon_ends_after_it_begins": [made(ends_at=LONG_AGO)],
        "coupon_used_within_limit": [made(total_limit=1, use_count=2)],
        **KEPT,
    },
    "couponuse": {"one_coupon_at_a_time": [twice()], "coupon_takes_something_off": [made(off_minor=0)]},
    "address": {"one_default_address": [twice(is_default=True)]},
    "alert": {"one_open_alert": [twice()]},
}
