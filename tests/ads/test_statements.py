"""A period ends in a statement; it is reminded of, repaid in each way, late with a fee, or written off."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ads import scoring, signals
from ads import services as ads
from ads.models import CreditLine, Repayment, Statement
from ads.selectors import get_facts
from ads.services.statements import fee_of
from core import outbox
from news.models import News
from payments import services as payments
from payments.selectors import get_payable_balance, get_platform_balance, get_wallet_balance
from tests.ads.money import balance, make_campaign, open_line, spend
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh, key
from tests.payments.people import make_team
from tests.payments.staff import make_staff

pytestmark = pytest.mark.django_db


def at_end(line: CreditLine, **more: int) -> dt.datetime:
    return fresh(line).period_ends_at + dt.timedelta(**more)


@pytest.fixture
def line(channel) -> CreditLine:
    return open_line(channel, 100_00)


@pytest.fixture
def campaign(line):
    return make_campaign(line.channel)


@pytest.fixture
def statement(line, campaign) -> Statement:
    """40.00 spent and a fee of 2.00."""
    spend(campaign, 40_00)
    ads.issue_due(now=at_end(line))
    return Statement.objects.get()


@pytest.fixture
def late(statement) -> Statement:
    """With 0.84 more, 2 % of it."""
    ads.mark_late(now=statement.due_at + dt.timedelta(seconds=1))
    return fresh(statement)


def books(line: CreditLine) -> tuple[int, int, int, int]:
    """What the line owes, its account, its fees' account, Bisat's fees: after all checks of a commit."""
    check_now()
    assert (payments.reconcile().is_clean, ads.reconcile()) == (True, {})
    channel = line.channel
    fees = get_platform_balance("fee_income", "USD")
    return fresh(line).owed_minor, balance("ad_receivable", channel), balance("ad_fees", channel), fees


def earn(channel, buyer, amount_minor: int = 100_00) -> None:
    """A payment is released to the channel and the outbox delivers."""
    fill_wallet(buyer, amount_minor)
    bring_to(ask(channel, buyer, amount_minor), "released")
    outbox.deliver_due(topic="payments.transition")


def told(kind: str) -> int:
    return News.objects.filter(kind=kind).count()


def test_a_period_ends_in_a_statement_with_a_line_for_each_campaign(line, campaign):
    other = make_campaign(line.channel)
    for one, cost in ((campaign, 30_00), (campaign, 9_99), (other, 1)):
        spend(one, cost)
    assert [ads.issue_due(now=at_end(line, seconds=-1)), ads.issue_due(now=at_end(line))] == [0, 1]
    statement = Statement.objects.get()
    assert (statement.spent_minor, statement.fee_minor, statement.left_minor) == (40_00, 2_00, 42_00)
    assert dict(statement.spendings.values_list("campaign", "cost_minor")) == {campaign.pk: 39_99, other.pk: 1}
    assert (books(line), told("ads_statement")) == ((40_00, -40_00, -2_00, 2_00), 1)


def test_what_is_spent_later_is_in_the_next_one(line, campaign, statement):
    spend(campaign, 1_00)
    ads.issue_due(now=at_end(line))
    assert list(Statement.objects.order_by("number").values_list("number", "spent_minor")) == [(1, 40_00), (2, 1_00)]


def test_a_sweep_twice_is_one_statement_and_nothing_spent_is_none(line, campaign):
    now = at_end(line)
    assert (ads.issue_due(now=now), ads.issue_due(now=now), Statement.objects.count()) == (0, 0, 0)
    assert fresh(line).period_start == now


def test_a_fee_may_be_due_where_the_limit_is_used_up(line, campaign):
    spend(campaign, 100_00)
    ads.issue_due(now=at_end(line))
    assert books(line) == (100_00, -100_00, -5_00, 5_00)


@given(st.integers(0, 10**11), st.integers(0, 3000))
def test_a_fee_is_rounded_up_by_less_than_a_unit(minor, basis_points):
    assert 0 <= fee_of(minor, basis_points) * 10_000 - minor * basis_points < 10_000


def test_repaid_from_a_wallet_fees_first(line, statement, seller):
    fill_wallet(seller, 50_00)
    ads.repay(line=line, amount_minor=3_00, source="wallet", by=seller, key=key())
    assert books(line) == (39_00, -39_00, 0, 2_00)
    ads.repay(line=line, amount_minor=39_00, source="wallet", by=seller, key=key())
    assert (books(line), fresh(statement).status) == ((0, 0, 0, 2_00), "repaid")
    assert (get_wallet_balance(seller, "USD"), told("ads_repaid")) == (8_00, 1)
    assert ads.get_available(make_campaign(line.channel)) == 100_00


def test_a_key_repays_once(line, statement, seller):
    fill_wallet(seller, 50_00)
    words = {"line": line, "source": "wallet", "by": seller, "key": "once"}
    for _ in range(2):
        ads.repay(amount_minor=3_00, **words)
    with pytest.raises(payments.KeyReused):
        ads.repay(amount_minor=4_00, **words)
    assert (get_wallet_balance(seller, "USD"), Repayment.objects.count()) == (47_00, 1)


@pytest.mark.parametrize("amount", [0, -1, 42_01])
def test_no_more_than_is_to_be_repaid(line, statement, seller, amount):
    fill_wallet(seller, 50_00)
    with pytest.raises(payments.BadAmount):
        ads.repay(line=line, amount_minor=amount, source="wallet", by=seller, key=key())


def test_what_is_not_there_repays_nothing(line, statement, seller):
    for source in ("wallet", "balance"):
        with pytest.raises(payments.NotEnoughMoney):
            ads.repay(line=line, amount_minor=1, source=source, by=seller, key=key())
    assert books(line) == (40_00, -40_00, -2_00, 2_00)


@pytest.mark.parametrize("role", ["agent", "viewer", "stranger"])
def test_only_managers_repay(line, statement, role):
    with pytest.raises(payments.NotAllowed):
        ads.repay(line=line, amount_minor=1, source="balance", by=make_team(line.channel)[role], key=key())


def test_repaid_from_the_balance_the_oldest_first(line, campaign, statement, seller, shopper):
    spend(campaign, 10_00)
    ads.issue_due(now=at_end(line))
    fill_wallet(shopper, 100_00)
    bring_to(ask(line.channel, shopper), "released")
    ads.repay(line=line, amount_minor=45_00, source="balance", by=seller, key=key())
    left = [statement.left_minor for statement in Statement.objects.order_by("number")]
    assert (left, get_payable_balance(line.channel)) == ([0, 7_50], 50_00)


def test_released_money_repays_up_to_the_agreed_share(line, statement, shopper):
    earn(line.channel, shopper)
    repayment = Repayment.objects.get()
    assert (repayment.amount_minor, repayment.source) == (19_00, "share")
    assert (get_payable_balance(line.channel), books(line)[:3]) == (76_00, (23_00, -23_00, 0))


def test_a_share_is_no_more_than_is_due_and_nothing_where_nothing_is(line, campaign, shopper):
    earn(line.channel, shopper)
    spend(campaign, 1_00)
    ads.issue_due(now=at_end(line))
    earn(line.channel, shopper)
    assert list(Repayment.objects.values_list("amount_minor", flat=True)) == [1_05]


def test_late_adds_a_fee_once_and_stops_the_line(line, campaign, statement, django_capture_on_commit_callbacks):
    heard = []

    def hear(*, line: CreditLine, **_: object) -> None:
        heard.append(line.pk)

    signals.line_moved.connect(hear)
    now = statement.due_at
    with django_capture_on_commit_callbacks(execute=True):
        done = [ads.mark_late(now=now), *(ads.mark_late(now=now + dt.timedelta(seconds=1)) for _ in range(2))]
    signals.line_moved.disconnect(hear)
    assert (done, heard, told("ads_late")) == ([0, 1, 0], [line.pk], 1)
    assert (fresh(statement).late_fee_minor, books(line)) == (84, (40_00, -40_00, -2_84, 2_84))
    assert ads.reserve(campaign=campaign, amount_minor=1) == 0


def test_what_was_earned_is_set_off_when_late_and_the_line_gives_again(line, campaign, late, shopper):
    earn(line.channel, shopper)
    assert (fresh(late).status, Repayment.objects.get().source) == ("repaid", "set_off")
    assert (get_payable_balance(line.channel), fresh(line).status) == (95_00 - 42_84, "active")
    assert ads.reserve(campaign=campaign, amount_minor=1) == 1


def test_a_balance_that_is_there_is_set_off_at_once(line, statement, shopper):
    fill_wallet(shopper, 10_00)
    bring_to(ask(line.channel, shopper, 10_00), "released")
    ads.mark_late(now=statement.due_at + dt.timedelta(seconds=1))
    assert (get_payable_balance(line.channel), fresh(statement).left_minor) == (0, 42_84 - 9_50)


def test_a_payout_that_came_back_is_set_off_when_late(line, late, seller, shopper):
    fill_wallet(shopper, 20_00)
    bring_to(ask(line.channel, shopper, 20_00), "released")
    later = late.due_at + dt.timedelta(seconds=2)
    assert [ads.run_due(now=later), ads.run_due(now=later)] == [1, 0]
    assert (get_payable_balance(line.channel), fresh(late).left_minor) == (0, 42_84 - 19_00)


def test_a_line_that_is_late_is_not_opened_by_staff_before_it_is_repaid(line, late):
    judge = make_staff()
    CreditLine.objects.update(status="closed")
    assert ads.reopen_line(line=line, by=judge, reason="Fine").status == "late"


def test_reminders_come_once_each(statement):
    days = [statement.due_at + dt.timedelta(days=number) for number in (-4, -3, -2)]
    assert [ads.remind_due(now=now) for now in days] == [0, 1, 0]
    ads.mark_late(now=statement.due_at + dt.timedelta(seconds=1))
    days = [statement.due_at + dt.timedelta(days=number) for number in (1, 3, 4, 15, 16)]
    assert [ads.remind_due(now=now) for now in days] == [0, 1, 0, 1, 0]
    assert (told("ads_due_soon"), told("ads_still_late")) == (1, 2)


def test_staff_write_a_late_statement_off(line, late):
    judge = make_staff()
    with pytest.raises(payments.BadRequest):
        ads.write_off(statement=late, by=judge, reason="")
    ads.write_off(statement=late, by=judge, reason="Moved away")
    assert (books(line)[:3], get_platform_balance("write_off", "USD")) == ((0, 0, 0), -42_84)
    assert (fresh(late).status, fresh(late).left_minor, fresh(line).status) == ("written_off", 0, "written_off")
    with pytest.raises(payments.NotAllowed):
        ads.write_off(statement=late, by=judge, reason="Again")


def test_only_late_statements_are_written_off_and_only_by_staff(statement, seller):
    for person in (make_staff(), seller):
        with pytest.raises(payments.NotAllowed):
            ads.write_off(statement=statement, by=person, reason="No")


@pytest.mark.parametrize(
    ("end", "known"),
    [
        ("owed", {}),
        ("on time", {"on_time": (1, 1)}),
        ("late", {"late": (1, -10)}),
        ("repaid late", {"late": (1, -10)}),
        ("written off", {"written_off": (1, -40)}),
    ],
)
def test_how_a_statement_ended_is_known_by_the_next_check(end, known, line, statement, seller):
    if end in ("late", "repaid late", "written off"):
        Statement.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
        ads.mark_late()
    if end in ("on time", "repaid late"):
        fill_wallet(seller, 50_00)
        ads.repay(line=line, amount_minor=fresh(statement).left_minor, source="wallet", by=seller, key=key())
    if end == "written off":
        ads.write_off(statement=statement, by=make_staff(), reason="Gone")
    reasons = scoring.check(get_facts(line.channel)).reasons
    history = {each.fact: (each.value, each.points) for each in reasons}
    assert {fact: history[fact] for fact in ("on_time", "late", "written_off") if history[fact] != (0, 0)} == known


def test_all_sweeps_run_even_if_one_fails(line, campaign, statement):
    """The database takes no late statement: the next period's is issued all the same."""
    Statement.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    spend(campaign, 1_00)
    CreditLine.objects.update(period_ends_at=timezone.now())
    check_now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ads_statement ADD CONSTRAINT broken CHECK (status <> 'late') NOT VALID")
    ads.run_due()
    assert list(Statement.objects.order_by("pk").values_list("status", flat=True)) == ["open", "open"]


def test_the_programs_role_can_do_all_its_work(channel, seller, as_program: None):
    """It may write no row of the ledger: limits and postings go through the ledger's own functions."""
    line = open_line(channel, 100_00)
    spend(make_campaign(channel), 40_00)
    ads.issue_due(now=line.period_ends_at)
    ads.mark_late(now=Statement.objects.get().due_at + dt.timedelta(seconds=1))
    fill_wallet(seller, 50_00)
    ads.repay(line=line, amount_minor=42_84, source="wallet", by=seller, key=key())
    ads.change_limit(line=line, limit_minor=50_00, by=make_staff(), reason="Less")
    check_now()
    assert (fresh(line).status, fresh(line).limit_minor, fresh(line).owed_minor) == ("active", 50_00, 0)
