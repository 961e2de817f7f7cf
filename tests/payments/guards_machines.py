"""What is tried on the small machines beside a request, and on what they leave behind."""

import datetime as dt

from core.money import MAX_MINOR
from payments.models import MoneyRequest, PaymentAttempt
from tests.payments.guards_tools import KEPT, changed, made, make, moved, only_added, twice
from tests.payments.market import owner

TOO_MUCH = MAX_MINOR + 1
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def pay_twice(request: MoneyRequest, *_: object) -> None:
    """Two attempts are verified, and both pay the request."""
    for _again in range(2):
        attempt = make("paymentattempt", request, request=request, version=request.version)
        PaymentAttempt.objects.filter(pk=attempt.pk).update(state="verified", due_at=None, pays_request=True)


def pay_unverified(request: MoneyRequest, *_: object) -> None:
    make("paymentattempt", request, request=request, version=request.version, pays_request=True)


def pay_any_version(request: MoneyRequest, *_: object) -> None:
    make("paymentattempt", request, request=request)


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
        "attempt_names_its_version": [pay_any_version, made(version=1)],
        "only_verified_attempts_pay": [pay_unverified],
        "one_attempt_pays": [pay_twice],
        "provider_reference_once": [twice(provider_reference="A1")],
        "open_attempt_has_a_timer": [changed(due_at=None), changed(state="failed")],
        **KEPT,
    },
    "refund": {
        "moves": [made(state="done"), changed(amount_minor=2), moved("done", "created")],
        "refund_of_something": [made(amount_minor=0)],
        **KEPT,
    },
    "payout": {
        "moves": [
            made(state="sent"),
            changed(amount_minor=2),
            changed(destination={"account": "2"}),
            moved("confirmed"),
        ],
        "payout_amount_in_range": [made(amount_minor=0), made(amount_minor=TOO_MUCH)],
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
        **KEPT,
    },
    "dispute": {
        "moves": [made(state="decided"), changed(opened_at=LONG_AGO), moved("decided", "open")],
        "request": [twice()],
        "two_different_persons": [judge_alone],
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
