"""Payments through a provider: its verdict is the only proof, and no money is ever lost."""

import datetime as dt

import pytest
from django.utils import timezone

from payments import selectors, signals
from payments import services as payments
from payments.machine import AttemptState, State
from payments.models import Alert, Entry, MoneyRequest, PaymentAttempt, Refund, Reservation
from sellers import services as sellers
from sellers.models import Product
from tests import factories
from tests.payments.market import ask, bring_to, fill_wallet, fresh, key, money, paid, pay, pay_by_card

pytestmark = pytest.mark.django_db
UNKNOWN = payments.Outcome("unknown", detail="timeout")
FAILED = payments.Outcome("failed", detail="cancelled")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def request_(channel, shopper) -> MoneyRequest:
    """A request of 100.00 dollars; the shopper's wallet is empty."""
    return ask(channel, shopper)


def start(request: MoneyRequest, **more) -> PaymentAttempt:
    given = {"by": request.buyer, "version": request.version, "provider": "sandbox", "key": key()} | more
    attempt = payments.start_attempt(request=request, **given)
    return payments.redirect_attempt(
        attempt=attempt, redirect_url="https://pay.example/1", provider_reference=f"ref-{attempt.pk}"
    )


def age(attempt: PaymentAttempt, minutes: int) -> None:
    early = timezone.now() - minutes * MINUTE
    PaymentAttempt.objects.filter(pk=attempt.pk).update(due_at=early, give_up_at=early + 30 * MINUTE)


def test_verified_money_pays_the_request(request_):
    attempt = payments.return_attempt(attempt=start(request_))
    assert attempt.state == AttemptState.RETURNED
    attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    request = fresh(request_)
    assert (attempt.state, attempt.pays_request, attempt.due_at) == (AttemptState.VERIFIED, True, None)
    assert (request.state, money(request)) == (State.HELD, (0, 100_00, 0, 0))
    assert selectors.get_platform_balance("gateway_clearing", "USD", provider="sandbox") == -100_00
    assert request.transitions.get(version=2).who == "provider"
    assert payments.reconcile().drifts == {}


def test_told_twice_it_changes_nothing(request_):
    attempt = start(request_)
    for _ in range(3):
        payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    payments.settle_attempt(attempt=attempt, outcome=FAILED)
    assert money(fresh(request_)) == (0, 100_00, 0, 0)
    assert Entry.objects.count() == 2


def test_a_second_payment_stays_in_the_wallet(request_):
    first, second = start(request_), start(request_)
    for attempt in (first, second):
        payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert [fresh(first).pays_request, fresh(second).pays_request] == [True, False]
    assert money(fresh(request_)) == (100_00, 100_00, 0, 0)


@pytest.mark.parametrize("state", [State.DECLINED, State.CANCELLED, State.EXPIRED])
def test_a_late_payment_stays_in_the_wallet(request_, state):
    attempt = start(request_)
    bring_to(request_, state)
    attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert (attempt.state, attempt.pays_request) == (AttemptState.VERIFIED, False)
    assert (fresh(request_).state, money(request_)) == (state, (100_00, 0, 0, 0))


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_whoever_joined_the_team_since_pays_nothing(request_, shopper, role):
    fill_wallet(shopper, 100_00)
    request_.channel.members.create(person=shopper, role=role)
    words = {"request": request_, "by": shopper, "version": 1}
    with pytest.raises(payments.NotPayable, match="team"):
        payments.pay_from_wallet(key=key(), **words)
    with pytest.raises(payments.NotPayable, match="team"):
        payments.start_attempt(provider="sandbox", key=key(), **words)
    assert (fresh(request_).state, money(request_)) == (State.REQUESTED, (100_00, 0, 0, 0))


def test_what_is_verified_after_she_joined_the_team_stays_in_the_wallet(channel, shopper):
    product = factories.make_product_post(channel, stock=2).product
    request_ = ask(channel, shopper, lines=[payments.Line("Pot", 100_00, 1, product.pk)])
    attempt = start(request_)
    assert fresh(product).stock == 1
    request_.channel.members.create(person=shopper, role="agent")
    for _again in range(2):
        attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert (attempt.state, attempt.pays_request, fresh(product).stock) == (AttemptState.VERIFIED, False, 2)
    assert (fresh(request_).state, money(request_)) == (State.REQUESTED, (100_00, 0, 0, 0))


def test_a_payment_of_an_old_version_stays_in_the_wallet(request_, seller):
    attempt = start(request_)
    payments.edit_request(request=request_, by=seller, version=1, lines=[payments.Line("Dear pot", 150_00)], key=key())
    attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert (attempt.pays_request, fresh(request_).state, money(request_)) == (False, State.REQUESTED, (100_00, 0, 0, 0))


def test_a_payment_of_an_edit_during_the_redirect_is_never_short(request_, seller):
    """The amount verified is the attempt's own, not today's."""
    attempt = start(request_)
    payments.edit_request(request=request_, by=seller, version=1, lines=[payments.Line("Cheap", 1_00)], key=key())
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", 1_00, "USD"))
    assert (fresh(attempt).state, money(request_)) == (AttemptState.FAILED, (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("amount", "currency"), [(99_99, "USD"), (100_01, "USD"), (1000_00, "USD"), (100_00, "IRR"), (0, "")]
)
def test_money_that_is_not_as_asked_pays_nothing(request_, amount, currency):
    attempt = start(request_)
    attempt = payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", amount, currency))
    assert (attempt.state, fresh(request_).state, Entry.objects.count()) == (AttemptState.FAILED, State.REQUESTED, 0)
    assert Alert.objects.count() == (1 if amount else 0)


def test_failed_and_given_up_attempts_may_still_turn_out_paid(request_):
    attempt = payments.settle_attempt(attempt=start(request_), outcome=FAILED)
    assert attempt.state == AttemptState.FAILED
    attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert (attempt.state, fresh(request_).state) == (AttemptState.VERIFIED, State.HELD)


def test_unknown_is_asked_about_until_it_is_known(request_):
    attempt = payments.return_attempt(attempt=start(request_))
    answers = iter([UNKNOWN, UNKNOWN, ConnectionError("away"), paid(attempt)])

    def ask_provider(_attempt):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    states = []
    for minutes in (2, 40, 50, 60):
        age(attempt, minutes)
        payments.sweep_attempts(ask=ask_provider)
        states.append(fresh(attempt).state)
    assert states == [AttemptState.UNKNOWN] * 3 + [AttemptState.VERIFIED]
    assert Alert.objects.get().kind == Alert.Kind.PAYMENT_UNKNOWN
    assert fresh(request_).state == State.HELD


def test_who_never_comes_back_is_given_up(request_):
    attempt = start(request_)
    age(attempt, 2)
    assert payments.sweep_attempts(ask=lambda _attempt: UNKNOWN) == 0
    assert fresh(attempt).state == AttemptState.REDIRECTED
    age(attempt, 31)
    assert payments.sweep_attempts(ask=lambda _attempt: UNKNOWN) == 1
    assert fresh(attempt).state == AttemptState.EXPIRED


def test_an_attempt_the_provider_never_heard_of_is_given_up(request_, shopper):
    attempt = payments.start_attempt(request=request_, by=shopper, version=1, provider="sandbox", key=key())
    age(attempt, 31)
    payments.sweep_attempts(ask=lambda _attempt: pytest.fail("nobody to ask"))
    assert fresh(attempt).state == AttemptState.EXPIRED


@pytest.mark.parametrize("version", [0, 2, -1])
def test_a_stale_version_starts_nothing(request_, shopper, version):
    with pytest.raises(payments.StaleVersion):
        payments.start_attempt(request=request_, by=shopper, version=version, provider="sandbox", key=key())


def test_nobody_pays_somebody_elses_request(request_, rival, seller):
    fill_wallet(rival, 500_00)
    for person in (rival, seller):
        with pytest.raises(payments.NotAllowed):
            payments.start_attempt(request=request_, by=person, version=1, provider="sandbox", key=key())
        with pytest.raises(payments.NotAllowed):
            payments.pay_from_wallet(request=request_, by=person, version=1, key=key())


def test_an_expired_request_is_not_payable_even_before_the_sweeper(request_, shopper):
    fill_wallet(shopper, 500_00)
    MoneyRequest.objects.update(due_at=timezone.now() - MINUTE)
    with pytest.raises(payments.NotPayable):
        payments.pay_from_wallet(request=request_, by=shopper, version=1, key=key())
    assert "pay" not in {action.verb for action in selectors.actions_for(fresh(request_), shopper)}


def test_an_empty_wallet_pays_nothing(request_, shopper):
    fill_wallet(shopper, 99_99)
    with pytest.raises(payments.NotEnoughMoney):
        pay(request_)
    assert money(fresh(request_)) == (99_99, 0, 0, 0)


@pytest.mark.parametrize(("amount", "currency"), [(0, "USD"), (-5, "USD"), (10**11 + 1, "USD"), (5, "ZZZ")])
def test_a_top_up_is_an_amount_of_a_known_currency(shopper, amount, currency):
    with pytest.raises(payments.BadAmount):
        payments.start_top_up(person=shopper, amount_minor=amount, currency=currency, provider="sandbox", key=key())


def test_news_is_sent_after_commit_only(request_, django_capture_on_commit_callbacks):
    heard = []

    def hear_request(sender, request_id, **_):
        heard.append(("request", request_id))

    def hear_attempt(sender, attempt_id, **_):
        heard.append(("attempt", attempt_id))

    signals.request_changed.connect(hear_request)
    signals.attempt_changed.connect(hear_attempt)
    try:
        attempt = start(request_)
        with django_capture_on_commit_callbacks(execute=True):
            payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
            assert heard == []
    finally:
        signals.request_changed.disconnect(hear_request)
        signals.attempt_changed.disconnect(hear_attempt)
    assert heard == [("request", request_.pk), ("attempt", attempt.pk)]


# --- chargebacks


def books(request: MoneyRequest) -> tuple[int, ...]:
    """Money, what the provider has, and what was lost."""
    return (
        *money(request),
        selectors.get_platform_balance("gateway_clearing", "USD", provider="sandbox"),
        selectors.get_platform_balance("chargeback_loss", "USD"),
    )


@pytest.mark.parametrize("state", [State.HELD, State.SHIPPED, State.DELIVERED, State.REFUND_REQUESTED, State.DISPUTED])
def test_a_chargeback_takes_what_is_held(channel, shopper, state, monkeypatch):
    from tests.payments import market

    request = ask(channel, shopper)
    attempt = pay_by_card(request)
    monkeypatch.setitem(market.STEPS, "pay", lambda _request: None)
    request = bring_to(fresh(request), state)
    payments.charge_back(attempt=attempt)
    payments.charge_back(attempt=attempt)
    assert (fresh(request).state, books(request)) == (State.CHARGED_BACK, (0, 0, 0, 0, 0, 0))
    assert payments.reconcile().drifts == {}


@pytest.mark.parametrize(("paid_out", "after"), [(0, (0, 0, 0, 5_00, 0, -5_00)), (60_00, (0, 0, 0, 5_00, 0, -65_00))])
def test_a_chargeback_after_release_takes_the_sellers_balance_and_the_rest_is_lost(
    channel, seller, shopper, paid_out, after
):
    request = ask(channel, shopper)
    attempt = pay_by_card(request)
    request = payments.release_request(request=fresh(request), by=shopper, key=key())
    if paid_out:
        payments.request_payout(
            channel=channel,
            by=seller,
            amount_minor=paid_out,
            destination={"holder": "Mina", "account": "DE1"},
            key=key(),
        )
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("failed", detail="reversed"))
    assert (fresh(request).state, books(request)) == (State.RELEASED, after)
    assert payments.reconcile().drifts == {}


def test_a_chargeback_of_a_refunded_request_takes_the_wallet(channel, seller, shopper):
    request = ask(channel, shopper)
    attempt = pay_by_card(request)
    payments.refund_request_in_full(request=fresh(request), by=seller, key=key())
    payments.charge_back(attempt=attempt)
    assert (fresh(request).state, books(request)) == (State.REFUNDED, (0, 0, 0, 0, 0, 0))


def test_a_chargeback_after_a_part_went_back_takes_both(channel, seller, shopper):
    request = ask(channel, shopper)
    attempt = pay_by_card(request)
    offer = payments.offer_partial_refund(request=fresh(request), by=seller, amount_minor=30_00, key=key())
    payments.accept_offer(offer=offer, by=shopper, key=key())
    payments.charge_back(attempt=attempt)
    assert (fresh(request).state, books(request)) == (State.CHARGED_BACK, (0, 0, 0, 0, 0, 0))


def test_a_chargeback_of_a_top_up_takes_what_is_left(shopper, request_):
    attempt = fill_wallet(shopper, 130_00)
    pay(request_)
    payments.charge_back(attempt=attempt)
    assert books(fresh(request_)) == (0, 100_00, 0, 0, 0, -100_00)


def test_only_verified_payments_are_charged_back(request_):
    with pytest.raises(payments.NotAllowed):
        payments.charge_back(attempt=start(request_))


# --- back to the card


def test_money_goes_back_to_the_card(shopper):
    attempt = fill_wallet(shopper, 50_00)
    refund = payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=20_00, key=key())
    assert selectors.get_wallet_balance(shopper, "USD") == 30_00
    assert selectors.get_platform_balance("refund_clearing", "USD", provider="sandbox") == 20_00
    for state in ("transit", "done", "done", "failed"):
        payments.settle_refund(refund=refund, state=state, provider_reference="r1")
    assert (fresh(refund).state, selectors.get_platform_balance("bank", "USD")) == (Refund.State.DONE, 20_00)
    assert selectors.get_platform_balance("refund_clearing", "USD", provider="sandbox") == 0


def test_a_refund_that_fails_is_in_the_wallet_again(shopper):
    attempt = fill_wallet(shopper, 50_00)
    refund = payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=50_00, key=key())
    payments.settle_refund(refund=refund, state="failed", detail="card closed")
    assert selectors.get_wallet_balance(shopper, "USD") == 50_00
    payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=50_00, key=key())


@pytest.mark.parametrize("amount", [0, -1, 50_01])
def test_no_more_goes_back_than_came(shopper, amount):
    attempt = fill_wallet(shopper, 50_00)
    fill_wallet(shopper, 50_00)
    with pytest.raises(payments.BadAmount):
        payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=amount, key=key())


def test_refunds_of_one_payment_sum_to_no_more_than_it(shopper):
    attempt = fill_wallet(shopper, 50_00)
    fill_wallet(shopper, 50_00)
    payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=30_00, key=key())
    with pytest.raises(payments.BadAmount):
        payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=30_00, key=key())


def test_nobody_else_sends_it_back(shopper, rival):
    with pytest.raises(payments.NotAllowed):
        payments.refund_to_card(attempt=fill_wallet(shopper, 50_00), by=rival, amount_minor=1, key=key())


# --- stock


@pytest.fixture
def product(channel) -> Product:
    return factories.make_product_post(channel, stock=2, price_minor=38_00).product


def units(product: Product) -> tuple[int | None, int, int]:
    """Free, reserved, sold."""

    def of(state: str) -> int:
        return sum(Reservation.objects.filter(product=product, state=state).values_list("quantity", flat=True))

    return fresh(product).stock, of("reserved"), of("claimed")


def test_units_are_reserved_then_claimed(shopper, product):
    request = payments.buy(buyer=shopper, product=product, key=key())
    assert (request.amount_minor, request.title, units(product)) == (38_00, product.title, (2, 0, 0))
    attempt = start(request)
    assert units(product) == (1, 1, 0)
    payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert units(product) == (1, 0, 1)
    assert payments.reconcile().drifts == {}


@pytest.mark.parametrize("end", ["failed", "expired", "declined", "edited"])
def test_units_come_back(shopper, seller, product, end):
    request = payments.buy(buyer=shopper, product=product, quantity=2, key=key())
    attempt = start(request)
    assert (units(product), fresh(product).is_sold_out) == ((0, 2, 0), True)
    if end == "failed":
        payments.settle_attempt(attempt=attempt, outcome=FAILED)
    elif end == "expired":
        payments.expire_attempt(attempt=attempt)
    elif end == "declined":
        payments.decline_request(request=request, by=shopper, key=key())
    else:
        payments.edit_request(request=request, by=seller, version=1, lines=[payments.Line("Cup", 5)], key=key())
    assert units(product) == (2, 0, 0)


def test_units_stay_reserved_while_another_attempt_is_open(shopper, product):
    request = payments.buy(buyer=shopper, product=product, key=key())
    first, second = start(request), start(request)
    assert units(product) == (1, 1, 0)
    payments.settle_attempt(attempt=first, outcome=FAILED)
    assert units(product) == (1, 1, 0)
    payments.settle_attempt(attempt=second, outcome=FAILED)
    assert units(product) == (2, 0, 0)


def test_what_was_never_shipped_goes_back_on_the_shelf(shopper, seller, product):
    fill_wallet(shopper, 100_00)
    for ship, left in ((False, 2), (True, 1)):
        request = pay(payments.buy(buyer=shopper, product=product, key=key()))
        if ship:
            request = payments.ship_request(request=request, by=seller, key=key())
        payments.refund_request_in_full(request=request, by=seller, key=key())
        assert fresh(product).stock == left


def test_a_late_payment_of_what_is_sold_out_stays_in_the_wallet(shopper, rival, product):
    request = payments.buy(buyer=shopper, product=product, quantity=2, key=key())
    attempt = start(request)
    payments.settle_attempt(attempt=attempt, outcome=FAILED)
    fill_wallet(rival, 100_00)
    pay(payments.buy(buyer=rival, product=product, key=key()))
    attempt = payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert (attempt.pays_request, fresh(request).state) == (False, State.REQUESTED)
    assert selectors.get_wallet_balance(shopper, "USD") == 76_00
    assert units(product) == (1, 0, 1)


def test_a_channel_on_holiday_sells_nothing(shopper, seller, product):
    sellers.start_holiday(channel=product.channel, by=seller)
    with pytest.raises(payments.NotAllowed, match="on holiday"):
        payments.buy(buyer=shopper, product=product, key=key())
    assert MoneyRequest.objects.count() == 0


def test_sold_out_is_not_for_sale(shopper, rival, product):
    request = payments.buy(buyer=shopper, product=product, quantity=2, key=key())
    other = payments.buy(buyer=rival, product=product, key=key())
    start(request)
    with pytest.raises(payments.OutOfStock):
        start(other)
    with pytest.raises(payments.OutOfStock):
        payments.buy(buyer=rival, product=product, key=key())


def test_made_to_order_never_runs_out(channel, shopper):
    product = factories.make_product_post(channel, stock=None).product
    attempt = start(payments.buy(buyer=shopper, product=product, quantity=7, key=key()))
    payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert units(product) == (None, 0, 7)


def test_a_variant_has_its_own_price_and_stock(channel, shopper):
    from sellers.services import VariantData

    category = factories.make_category(attributes=["size"])
    product = factories.make_product_post(
        channel, category=category, price_minor=30_00,
        variants=[VariantData({"size": "s"}, 30_00, 1), VariantData({"size": "m"}, 40_00, 3)],
    ).product  # fmt: skip
    with pytest.raises(payments.BadRequest):
        payments.buy(buyer=shopper, product=product, key=key())
    medium = product.variants.get(options={"size": "m"})
    request = payments.buy(buyer=shopper, product=product, variant=medium, quantity=2, key=key())
    assert (request.amount_minor, selectors.get_terms(request).lines[0].options) == (80_00, "m")
    start(request)
    assert (fresh(medium).stock, fresh(product).stock) == (1, 2)
    small = product.variants.get(options={"size": "s"})
    with pytest.raises(payments.OutOfStock):
        payments.buy(buyer=shopper, product=product, variant=small, quantity=2, key=key())
