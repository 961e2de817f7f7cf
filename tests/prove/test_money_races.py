"""Thirty-two at once: money is paid, released, refunded and taken from stock exactly once."""

import datetime as dt
import random
from collections import Counter

import pytest
from django.db.models import Sum
from django.utils import timezone

from payments import selectors
from payments import services as payments
from payments.models import Account, CouponUse, Entry, MoneyRequest, RequestTransition
from payments.services.posting import Kind, Leg, post
from sellers.models import Product
from tests import factories
from tests.payments.market import ask, bring_to, fill_wallet, fresh, key, make_coupon, money, paid
from tests.prove.test_races import ROUNDS, THREADS, at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
each_round = pytest.mark.parametrize("round_", range(ROUNDS))


@each_round
def test_paid_twice_at_once_is_paid_once(round_: int, channel, shopper):
    fill_wallet(shopper, 500_00)
    request = ask(channel, shopper)
    raised = at_once(
        lambda number: payments.pay_from_wallet(request=request, by=shopper, version=1, key=f"pay-{number}")
    )
    assert Counter(type(error) for error in raised) == {payments.NotAllowed: THREADS - 1}
    assert (fresh(request).version, money(request)) == (2, (400_00, 100_00, 0, 0))


@each_round
def test_the_same_key_at_once_is_one_effect(round_: int, channel, shopper):
    fill_wallet(shopper, 500_00)
    request = ask(channel, shopper)
    results: list[MoneyRequest] = []

    def work(_number: int) -> None:
        results.append(payments.pay_from_wallet(request=request, by=shopper, version=1, key="one"))

    assert at_once(work) == []
    assert [(row.pk, row.version) for row in results] == [(request.pk, 2)] * THREADS
    assert money(request) == (400_00, 100_00, 0, 0)


@each_round
def test_one_form_sent_often_is_one_request(round_: int, channel, seller, shopper):
    words = {"channel": channel, "buyer": shopper, "by": seller, "lines": [payments.Line("Pot", 5)], "key": "form"}
    assert at_once(lambda _number: payments.request_money(**words)) == []
    assert MoneyRequest.objects.count() == RequestTransition.objects.count() == 1


@each_round
def test_release_against_refund_has_one_winner(round_: int, channel, seller, shopper):
    fill_wallet(shopper, 100_00)
    request = bring_to(ask(channel, shopper), "shipped")

    def work(number: int) -> None:
        if number % 2:
            payments.release_request(request=request, by=shopper, key=key())
        else:
            payments.refund_request_in_full(request=request, by=seller, key=key())

    raised = at_once(work)
    assert Counter(type(error) for error in raised) == {payments.NotAllowed: THREADS - 1}
    ends = {"released": (0, 0, 95_00, 5_00), "refunded": (100_00, 0, 0, 0)}
    assert money(request) == ends[fresh(request).state]


@each_round
def test_one_wallet_pays_no_more_than_it_holds(round_: int, channel, shopper):
    fill_wallet(shopper, 350_00)
    requests = [ask(channel, shopper) for _ in range(THREADS)]
    raised = at_once(
        lambda number: payments.pay_from_wallet(request=requests[number], by=shopper, version=1, key=key())
    )
    assert Counter(type(error) for error in raised) == {payments.NotEnoughMoney: THREADS - 3}
    assert money(requests[0]) == (50_00, 300_00, 0, 0)


@each_round
def test_the_last_units_are_sold_once(round_: int, channel):
    product = factories.make_product_post(channel, stock=3, price_minor=10_00).product
    requests = []
    for _ in range(THREADS):
        buyer = factories.make_user()
        fill_wallet(buyer, 10_00)
        requests.append(payments.buy(buyer=buyer, product=product, key=key()))
    raised = at_once(
        lambda number: payments.pay_from_wallet(
            request=requests[number], by=requests[number].buyer, version=1, key=key()
        )
    )
    assert Counter(type(error) for error in raised) == {payments.OutOfStock: THREADS - 3}
    assert (fresh(product).stock, MoneyRequest.objects.filter(state="held").count()) == (0, 3)
    assert payments.reconcile().is_clean


@each_round
def test_a_coupons_limits_hold(round_: int, channel):
    """Three in all and one a person, wanted by thirty-two at once: half on new requests, half on those that wait."""
    coupon = make_coupon(channel, total_limit=3)
    buyers = [factories.make_user() for _ in range(THREADS // 2)]
    waiting = [ask(channel, buyer) for buyer in buyers]

    def work(number: int) -> None:
        if number % 2:
            ask(channel, buyers[number // 2], coupon_code="SPRING")
        else:
            request = waiting[number // 2]
            payments.apply_coupon(request=request, by=request.buyer, version=1, code="spring", key=key())

    raised = at_once(work)
    assert Counter(type(error) for error in raised) == {payments.CouponRefused: THREADS - 3}
    kept = list(CouponUse.objects.filter(state="reserved").values_list("request__buyer", flat=True))
    assert (fresh(coupon).use_count, len(kept), len(set(kept))) == (3, 3, 3)
    held = list(MoneyRequest.objects.filter(coupon_uses__state="reserved"))
    assert at_once(lambda n: payments.decline_request(request=held[n], by=held[n].buyer, key=key()), threads=3) == []
    assert fresh(coupon).use_count == 0


@each_round
def test_units_come_and_go_and_none_is_lost(round_: int, channel):
    product = factories.make_product_post(channel, stock=5).product
    buyers = [factories.make_user() for _ in range(THREADS)]

    def work(number: int) -> None:
        request = payments.buy(buyer=buyers[number], product=product, key=key())
        attempt = payments.start_attempt(request=request, by=buyers[number], version=1, provider="sandbox", key=key())
        outcome = paid(attempt) if number % 8 == 0 else payments.Outcome("failed")
        payments.settle_attempt(attempt=attempt, outcome=outcome)

    raised = at_once(work)
    assert {type(error) for error in raised} <= {payments.OutOfStock, payments.NotAllowed}
    sold = MoneyRequest.objects.filter(state="held").count()
    assert Product.objects.get(pk=product.pk).stock == 5 - sold
    assert payments.reconcile().is_clean


@each_round
def test_a_callback_told_at_once_pays_once(round_: int, channel, shopper):
    request = ask(channel, shopper)
    attempt = payments.start_attempt(request=request, by=shopper, version=1, provider="sandbox", key=key())
    failed = payments.Outcome("failed")

    def work(number: int) -> None:
        payments.settle_attempt(attempt=attempt, outcome=failed if number % 4 == 0 else paid(attempt))

    assert at_once(work) == []
    assert (fresh(attempt).state, money(request)) == ("verified", (0, 100_00, 0, 0))


@each_round
def test_a_timer_never_beats_an_open_refund_and_runs_once(round_: int, channel, shopper):
    fill_wallet(shopper, 800_00)
    requests = [bring_to(ask(channel, shopper), "shipped") for _ in range(8)]
    MoneyRequest.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    done: list[int] = []

    def work(number: int) -> None:
        if number < 24:
            done.append(payments.run_due())
        else:
            payments.ask_refund(request=requests[number - 24], by=shopper, reason="not_arrived", key=key())

    raised = at_once(work)
    states = Counter(MoneyRequest.objects.values_list("state", flat=True))
    assert {type(error) for error in raised} <= {payments.NotAllowed}
    assert set(states) <= {"released", "refund_requested"}
    assert (states["released"], states["refund_requested"]) == (sum(done), 8 - len(raised))
    assert RequestTransition.objects.filter(verb="auto_release").count() == states["released"]


@each_round
def test_payouts_at_once_take_no_more_than_was_earned(round_: int, channel, seller, shopper):
    fill_wallet(shopper, 100_00)
    bring_to(ask(channel, shopper), "released")
    raised = at_once(
        lambda _number: payments.request_payout(
            channel=channel, by=seller, amount_minor=30_00, destination={"holder": "M", "account": "1"}, key=key()
        )
    )
    assert Counter(type(error) for error in raised) == {payments.NotEnoughMoney: THREADS - 3}
    assert selectors.get_payable_balance(channel) == 5_00


@each_round
def test_money_going_round_in_all_directions_is_neither_made_nor_lost(round_: int):
    people = [factories.make_user() for _ in range(4)]
    for person in people:
        fill_wallet(person, 100)

    def work(number: int) -> None:
        chance = random.Random(number)
        for step in range(10):
            giver, taker = chance.sample(people, 2)
            legs = [Leg(Kind.WALLET, -7, person=giver.pk), Leg(Kind.WALLET, 7, person=taker.pk)]
            try:
                post(key=f"{number}-{step}", kind=Entry.Kind.OTHER, currency="USD", legs=legs)
            except payments.NotEnoughMoney:
                continue

    assert at_once(work) == []
    wallets = Account.objects.filter(kind="wallet")
    assert wallets.aggregate(total=Sum("balance_minor")) == {"total": 400}
    assert min(wallets.values_list("balance_minor", flat=True)) >= 0
    assert payments.reconcile().is_clean
