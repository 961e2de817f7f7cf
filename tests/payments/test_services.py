"""Asking, keys, addresses, reconciliation: what is refused, what happens once, what is noticed."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config import celery_app
from core.markets import MARKETS
from payments import selectors, tasks
from payments import services as payments
from payments.models import Alert, Effect, Entry, MoneyRequest, Reservation, Snapshot
from payments.services.disputing import after_working_days
from tests import factories
from tests.payments.market import ask, bring_to, check_now, fresh, key, money, owner, pay

pytestmark = pytest.mark.django_db
LINE = payments.Line("Pot", 10_00)


# --- once


def test_the_same_key_gives_the_same_request(channel, buyer, seller):
    words = {"channel": channel, "buyer": buyer, "by": seller, "lines": [LINE], "key": "form-1"}
    first = payments.request_money(**words)
    assert payments.request_money(**words) == first
    assert MoneyRequest.objects.count() == 1
    for other in ({"lines": [payments.Line("Pot", 9_99)]}, {"note": "Hello"}, {"buyer": factories.make_user()}):
        with pytest.raises(payments.KeyReused):
            payments.request_money(**words | other)


def test_replaying_every_step_changes_nothing(request_, seller, buyer):
    steps = [
        lambda: payments.pay_from_wallet(request=request_, by=buyer, version=1, key="pay"),
        lambda: payments.ship_request(request=request_, by=seller, tracking="1", key="ship"),
        lambda: payments.offer_partial_refund(request=request_, by=seller, amount_minor=10_00, key="offer"),
        lambda: payments.accept_offer(offer=request_.refund_offers.get(), by=buyer, key="accept"),
        lambda: payments.ask_refund(request=request_, by=buyer, reason="other", key="ask"),
        lambda: payments.withdraw_refund(request=request_, by=buyer, key="withdraw"),
        lambda: payments.release_request(request=request_, by=buyer, key="release"),
    ]
    for number, step in enumerate(steps):
        result = step()
        for earlier in steps[: number + 1]:
            earlier()
        assert step() == result
    assert (fresh(request_).version, money(request_)) == (7, (410_00, 0, 85_50, 4_50))


def test_a_key_of_one_verb_is_no_key_of_another(request_, seller, buyer):
    pay(request_)
    payments.ship_request(request=request_, by=seller, key="k")
    with pytest.raises(payments.KeyReused):
        payments.release_request(request=request_, by=buyer, key="k")


def test_a_refused_step_does_not_use_up_its_key(request_, seller, buyer):
    with pytest.raises(payments.NotAllowed):
        payments.ship_request(request=request_, by=seller, key="k")
    assert not Effect.objects.filter(key="k").exists()
    pay(request_)
    assert payments.ship_request(request=request_, by=seller, key="k").state == "shipped"


def test_the_hot_verbs_cost_a_constant_number_of_queries(request_, seller, buyer, django_assert_num_queries):
    with django_assert_num_queries(9):  # savepoint, key, lock, team, post, update, transition, what follows, release
        request = payments.pay_from_wallet(request=request_, by=buyer, version=1, key=key())
    with django_assert_num_queries(8):  # ... and her role instead of a posting
        payments.ship_request(request=request, by=seller, key=key())
    with django_assert_num_queries(9):  # ... and offers that lapse
        payments.release_request(request=request, by=buyer, key=key())


# --- asking


@pytest.mark.parametrize(
    ("words", "error", "field"),
    [
        ({"lines": []}, payments.BadRequest, "lines"),
        ({"lines": [LINE] * 21}, payments.BadRequest, "lines"),
        ({"lines": [payments.Line(" ", 5)]}, payments.BadRequest, "lines"),
        ({"lines": [payments.Line("Pot", 0)]}, payments.BadAmount, "amount"),
        ({"lines": [payments.Line("Pot", -5)]}, payments.BadAmount, "amount"),
        ({"lines": [payments.Line("Pot", 10**11 + 1)]}, payments.BadAmount, "amount"),
        ({"lines": [payments.Line("Pot", 10**11, 2)]}, payments.BadAmount, "amount"),
        ({"lines": [payments.Line("Pot", 5, 0)]}, payments.BadRequest, "quantity"),
        ({"lines": [payments.Line("Pot", 5, -1)]}, payments.BadRequest, "quantity"),
        ({"lines": [payments.Line("Pot", 5, 1001)]}, payments.BadRequest, "quantity"),
        ({"lines": [LINE], "discount_minor": 10_00}, payments.BadAmount, "amount"),
        ({"lines": [LINE], "discount_minor": -1}, payments.BadAmount, "amount"),
        ({"lines": [LINE], "delivery_minor": -1}, payments.BadAmount, "amount"),
        ({"lines": [LINE], "note": "x" * 501}, payments.BadRequest, "note"),
        ({"lines": [payments.Line("Pot", 5, product_id=0)], "delivery_minor": -5}, payments.BadAmount, "amount"),
        ({"lines": [payments.Line("Pot", 5, product_id=10**9)]}, payments.BadRequest, "lines"),
    ],
)
def test_what_cannot_be_asked(channel, buyer, words, error, field):
    with pytest.raises(error) as refused:
        ask(channel, buyer, **words)
    assert refused.value.field == field
    assert MoneyRequest.objects.count() == 0


def test_what_can_be_asked_at_most(channel, buyer):
    request = ask(channel, buyer, lines=[payments.Line("Ring", 10**11)])
    assert (request.amount_minor, request.fee_minor) == (10**11, 5 * 10**9)


@pytest.mark.parametrize("market", MARKETS)
def test_each_edit_leaves_a_request_as_its_terms_say(buyer, market):
    channel = factories.make_channel(market=market)
    request = ask(channel, buyer, 1000, as_draft=True)
    for amount in (2000, 3000):
        words = {"request": fresh(request), "by": owner(channel), "version": fresh(request).version}
        payments.edit_request(lines=[payments.Line("Pot", amount)], key=key(), **words)
        check_now()
    request = fresh(request)
    terms = request.versions.get(version=request.terms_version)
    assert (terms.version, terms.amount_minor, terms.fee_minor) == (3, 3000, 150)
    assert (request.amount_minor, request.fee_minor) == (3000, 150)
    assert request.currency == MARKETS[market].currency


def test_lines_name_the_channels_own_products(channel, rival_channel, buyer):
    foreign = factories.make_product_post(rival_channel).product
    with pytest.raises(payments.BadRequest):
        ask(channel, buyer, lines=[payments.Line("Pot", 5, product_id=foreign.pk)])


def test_nobody_buys_from_herself(channel, seller):
    agent = factories.make_user()
    channel.members.create(person=agent, role="agent")
    product = factories.make_product_post(channel).product
    for person in (seller, agent):
        with pytest.raises(payments.NotAllowed):
            ask(channel, person)
        with pytest.raises(payments.NotAllowed):
            payments.buy(buyer=person, product=product, key=key())


@pytest.mark.parametrize("state", ["draft", "pending", "suspended"])
def test_a_closed_channel_asks_nobody(buyer, state):
    with pytest.raises(payments.NotAllowed):
        ask(factories.make_channel(state=state), buyer)


def test_strangers_and_viewers_ask_for_nothing(channel, buyer, rival):
    viewer = factories.make_user()
    channel.members.create(person=viewer, role="viewer")
    for person in (rival, viewer, buyer):
        with pytest.raises(payments.NotAllowed):
            payments.request_money(channel=channel, buyer=buyer, by=person, lines=[LINE], key=key())


def test_what_is_not_listed_is_not_for_sale(channel, buyer):
    draft = factories.make_product_post(channel, publish=None).product
    with pytest.raises(payments.NotAllowed):
        payments.buy(buyer=buyer, product=draft, key=key())


def test_the_price_is_the_databases(channel, buyer):
    product = factories.make_product_post(channel, price_minor=38_00).product
    product.price_minor = 1
    assert payments.buy(buyer=buyer, product=product, key=key()).amount_minor == 38_00


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_requests_cost_one_query(channel, buyer, django_assert_num_queries, count):
    requests = [ask(channel, buyer) for _ in range(count)]
    with django_assert_num_queries(1):
        page = selectors.get_purchases(buyer)
        assert [(row.channel.name, row.buyer.display_name) for row in page.rows] == [(channel.name, "Sara")] * count
    with django_assert_num_queries(1):
        assert list(selectors.get_channel_requests(channel).rows) == requests[::-1]
    with django_assert_num_queries(1):
        assert selectors.get_requests_by_id([row.pk for row in requests]) == {row.pk: row for row in requests}


def test_lists_go_on_after_a_cursor(channel, buyer):
    requests = [ask(channel, buyer) for _ in range(3)]
    page = selectors.get_channel_requests(channel, limit=2)
    assert list(page.rows) == [requests[2], requests[1]]
    assert list(selectors.get_channel_requests(channel, limit=2, after=page.next_cursor).rows) == [requests[0]]


# --- addresses


def test_the_first_address_is_used_first_until_another_is(shopper, rival):
    fields = {"name": "Sara", "lines": "Elm 5", "city": "Portland", "country": "US"}
    first = payments.save_address(person=shopper, **fields)
    second = payments.save_address(person=shopper, **fields | {"city": "Salem"})
    assert selectors.get_addresses(shopper) == [first, second]
    payments.save_address(person=shopper, address=second, is_default=True)
    assert selectors.get_addresses(shopper) == [second, first]
    assert fresh(second).as_json()["city"] == "Salem"
    payments.delete_address(person=rival, address=first)
    assert selectors.get_addresses(shopper) == [second, first]
    payments.delete_address(person=shopper, address=first)
    assert selectors.get_addresses(shopper) == [second]


@pytest.mark.parametrize("missing", ["name", "lines", "city", "country"])
def test_an_address_can_be_found(shopper, missing):
    fields = {"name": "Sara", "lines": "Elm 5", "city": "Portland", "country": "US"} | {missing: " "}
    with pytest.raises(payments.BadRequest) as refused:
        payments.save_address(person=shopper, **fields)
    assert refused.value.field == missing


# --- proof


def test_drift_is_noticed_and_said(request_, staff, capsys):
    pay(request_)
    check_now()
    call_command("reconcile")
    assert capsys.readouterr().out == "11 checks, no drift.\n"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_account DISABLE TRIGGER USER")
        cursor.execute("UPDATE payments_account SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")
    with pytest.raises(CommandError, match="1 of 11"):
        call_command("reconcile")
    tasks.reconcile()
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == ("drift", "balances are the sums of their postings")
    with pytest.raises(payments.BadRequest):
        payments.clear_alert(alert=alert, by=staff, reason=" ")
    assert payments.clear_alert(alert=alert, by=staff, reason="A test").cleared_at is not None


BREAKS = {
    "entries sum to zero": "UPDATE payments_posting SET amount_minor = amount_minor + 1 WHERE id = {posting}",
    "every entry has legs": "DELETE FROM payments_posting WHERE entry_id = {entry}",
    "all accounts sum to zero": "DELETE FROM payments_posting WHERE id = {posting}",
    "escrow holds what requests state": (
        "UPDATE payments_moneyrequest SET state = 'released', due_at = NULL, timer = '', ended_at = now()"
    ),
    "units are reserved for open requests only": (
        "INSERT INTO payments_reservation (request_id, quantity, state, at) VALUES ({request}, 1, 'reserved', now())"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_check_notices_what_it_is_for(request_, name):
    """The owner of the tables with the triggers away: what no guard would let through, the nightly proof still sees."""
    pay(request_)
    check_now()
    assert payments.reconcile().is_clean
    entry = Entry.objects.latest("pk")
    ids = {"entry": entry.pk, "posting": entry.postings.latest("pk").pk, "request": request_.pk}
    with connection.cursor() as cursor:
        for table in ("posting", "moneyrequest", "reservation"):
            cursor.execute(f"ALTER TABLE payments_{table} DISABLE TRIGGER USER")
        cursor.execute(BREAKS[name].format(**ids))
    assert payments.reconcile().drifts.get(name), name
    assert Alert.objects.filter(kind="drift", subject=name, cleared_at=None).exists()


def test_sold_units_of_an_open_request_are_drift(request_):
    name = "units are reserved for open requests only"
    unit = Reservation.objects.create(request=request_, quantity=1)
    assert payments.reconcile().is_clean
    Reservation.objects.filter(pk=unit.pk).update(state="claimed")
    (line,) = payments.reconcile().drifts[name]
    assert line.endswith("is claimed, its request requested")


def test_the_clock_runs_what_money_needs():
    """A sweep that is not in beat never runs, and nothing else would say so."""
    schedule = {entry["task"]: entry["schedule"] for entry in celery_app.conf.beat_schedule.values()}
    minutely = ("payments.sweep_attempts", "payments.sweep_refunds", "sandbox.tell_reversals")
    assert [schedule[task] for task in minutely] == [60.0] * 3
    assert schedule["payments.run_due"] <= 60
    nightly = schedule["payments.reconcile"]
    assert (nightly.hour, nightly.minute, len(nightly.day_of_week)) == ({2}, {30}, 7)
    celery_app.loader.import_default_modules()
    assert {*minutely, "payments.run_due", "payments.reconcile"} <= set(celery_app.tasks)


def test_a_providers_statement_is_compared(buyer, tmp_path):
    file = tmp_path / "statement.csv"
    file.write_text("provider,currency,amount_minor\nsandbox,USD,50000\n")
    call_command("reconcile", statement=file)
    file.write_text("provider,currency,amount_minor\nsandbox,USD,49999\n")
    with pytest.raises(CommandError):
        call_command("reconcile", statement=file)


def test_money_that_never_clears_is_noticed(shopper, monkeypatch):
    attempt = payments.start_top_up(person=shopper, amount_minor=5, currency="USD", provider="stripe", key=key())
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", 5, "USD"))
    assert payments.reconcile().is_clean
    monkeypatch.setattr("payments.services.reconciling.CLEARING_TIME", dt.timedelta(days=-1))
    assert list(payments.reconcile().drifts) == ["nothing clears for ever"]
    payments.record_settlement(provider="stripe", currency="USD", amount_minor=5, cost_minor=0, reference="1")
    assert payments.reconcile().is_clean


def test_a_snapshot_changes_no_balance(request_, monkeypatch):
    request = pay(request_)
    before = money(request)
    monkeypatch.setattr("payments.services.reconciling.SETTLED_TIME", dt.timedelta())
    assert payments.take_snapshots() == 2
    assert (money(request), Snapshot.objects.get(account__kind="escrow").balance_minor) == (before, 100_00)
    bring_to(ask(request.channel, request.buyer), "held")
    assert money(request) == (300_00, 200_00, 0, 0)
    assert payments.take_snapshots() == 2
    assert payments.reconcile().is_clean
    Snapshot.objects.update(balance_minor=1)
    assert list(payments.reconcile().drifts) == ["snapshots are the sums of their postings"]


def test_tasks_run_the_timers(request_):
    MoneyRequest.objects.update(due_at=timezone.now())
    tasks.run_due()
    assert fresh(request_).state == "expired"


@pytest.mark.parametrize(
    ("start", "end"),
    [((2026, 11, 25), (2026, 11, 27)), ((2026, 11, 26), (2026, 11, 30)), ((2026, 11, 28), (2026, 12, 1))],
)
def test_working_days(start, end):
    assert after_working_days(dt.datetime(*start, 9, tzinfo=dt.UTC), 2) == dt.datetime(*end, 9, tzinfo=dt.UTC)
