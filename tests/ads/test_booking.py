"""Paid ahead: from where, spent, given back; by a provider; each key once."""

import pytest

from ads import services as ads
from ads.models import Booking, Checkout, Fund, Package, Statement
from payments import services as payments
from payments.selectors import get_payable_balance, get_platform_balance, get_wallet_balance
from tests.ads.money import balance, make_campaign, open_line, spend
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh, key, paid
from tests.payments.people import make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(channel):
    return make_campaign(channel, funding="prepaid")


@pytest.fixture
def package(db) -> Package:
    return Package.objects.create(names={"en": "A week"}, market="us", placements=["tab"], days=7, price_minor=20_00)


@pytest.fixture
def rich(seller):
    fill_wallet(seller, 100_00)
    return seller


def books(campaign) -> tuple[int, int, int, int]:
    """Paid ahead of the channel, and paid, spent, returned of the campaign: after all checks of a commit."""
    check_now()
    assert (payments.reconcile().is_clean, ads.reconcile()) == (True, {})
    fund = Fund.objects.get(pk=campaign.pk)
    return balance("ad_prepaid", campaign.channel), fund.paid_minor, fund.spent_minor, fund.returned_minor


def test_an_amount_from_the_wallet_is_kept_apart(campaign, rich):
    booking = ads.book(campaign=campaign, amount_minor=30_00, source="wallet", by=rich, key=key())
    assert (booking.amount_minor, get_wallet_balance(rich, "USD")) == (30_00, 70_00)
    assert (books(campaign), ads.get_available(campaign)) == ((30_00, 30_00, 0, 0), 30_00)


def test_a_package_costs_its_price_whatever_is_sent(campaign, package, rich):
    booking = ads.book(campaign=campaign, package=package, amount_minor=1, source="wallet", by=rich, key=key())
    assert (booking.amount_minor, booking.package) == (20_00, package)


def test_a_campaign_runs_where_and_as_long_as_its_packages_say(campaign, package, rich):
    ads.book(campaign=campaign, package=package, source="wallet", by=rich, key=key())
    first = fresh(campaign)
    assert (first.placements, (first.end_date - first.start_date).days, first.total_budget_minor) == (["tab"], 6, 20_00)
    assert first.changed_at > campaign.changed_at  # so the auction reads it anew
    other = Package.objects.create(names={}, market="us", placements=["tab", "search"], days=2, price_minor=5_00)
    ads.book(campaign=campaign, package=other, source="wallet", by=rich, key=key())
    more = fresh(campaign)
    assert (more.placements, (more.end_date - first.end_date).days, more.total_budget_minor) == (
        ["tab", "search"], 2, 25_00,
    )  # fmt: skip


def test_from_what_the_channel_earned(campaign, seller, shopper):
    fill_wallet(shopper, 100_00)
    bring_to(ask(campaign.channel, shopper), "released")
    ads.book(campaign=campaign, amount_minor=30_00, source="balance", by=seller, key=key())
    assert (get_payable_balance(campaign.channel), books(campaign)[0]) == (65_00, 30_00)


def test_a_key_books_once(campaign, rich):
    words = {"campaign": campaign, "source": "wallet", "by": rich, "key": "once"}
    first, second = (ads.book(amount_minor=30_00, **words) for _ in range(2))
    assert (first.pk, Booking.objects.count(), books(campaign)[1]) == (second.pk, 1, 30_00)
    with pytest.raises(payments.KeyReused):
        ads.book(amount_minor=31_00, **words)


def test_no_more_than_is_there(campaign, rich):
    with pytest.raises(payments.NotEnoughMoney):
        ads.book(campaign=campaign, amount_minor=100_01, source="wallet", by=rich, key=key())
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("amount", [0, -1, 10**11 + 1])
def test_amounts_out_of_range_are_refused(campaign, rich, amount):
    with pytest.raises(payments.BadAmount):
        ads.book(campaign=campaign, amount_minor=amount, source="wallet", by=rich, key=key())


@pytest.mark.parametrize("role", ["agent", "viewer", "stranger"])
def test_only_managers_book(campaign, role):
    with pytest.raises(payments.NotAllowed):
        ads.book(campaign=campaign, amount_minor=1, source="wallet", by=make_team(campaign.channel)[role], key=key())


@pytest.mark.parametrize("change", [{"funding": "credit"}, {"status": "ended"}, {"status": "rejected"}])
def test_only_campaigns_that_are_paid_ahead_and_not_over(channel, rich, change):
    campaign = make_campaign(channel, **{"funding": "prepaid"} | change)
    with pytest.raises(payments.NotAllowed):
        ads.book(campaign=campaign, amount_minor=1, source="wallet", by=rich, key=key())


@pytest.mark.parametrize("change", [{"is_active": False}, {"market": "eu"}])
def test_only_packages_on_sale_here(campaign, package, rich, change):
    Package.objects.update(**change)
    with pytest.raises(payments.BadRequest):
        ads.book(campaign=campaign, package=fresh(package), source="wallet", by=rich, key=key())


def test_what_is_shown_is_charged_of_it_and_no_more(campaign, rich):
    ads.book(campaign=campaign, amount_minor=30_00, source="wallet", by=rich, key=key())
    spend(campaign, 12_00)
    assert (books(campaign), get_platform_balance("ad_income", "USD")) == ((18_00, 30_00, 12_00, 0), 12_00)
    assert [ads.reserve(campaign=campaign, amount_minor=20_00) for _ in range(2)] == [18_00, 0]


def test_what_was_not_shown_goes_back_where_it_came_from_the_last_paid_first(campaign, rich, shopper):
    fill_wallet(shopper, 100_00)
    bring_to(ask(campaign.channel, shopper), "released")
    ads.book(campaign=campaign, amount_minor=10_00, source="wallet", by=rich, key=key())
    ads.book(campaign=campaign, amount_minor=20_00, source="balance", by=rich, key=key())
    spend(campaign, 4_00)
    assert [ads.refund_unspent(campaign=campaign, key="end") for _ in range(2)] == [26_00, 0]
    assert (get_wallet_balance(rich, "USD"), get_payable_balance(campaign.channel)) == (96_00, 95_00)
    assert (books(campaign), ads.get_available(campaign)) == ((0, 30_00, 4_00, 26_00), 0)


def test_what_is_reserved_stays_until_it_is_settled(campaign, rich):
    ads.book(campaign=campaign, amount_minor=10_00, source="wallet", by=rich, key=key())
    ads.reserve(campaign=campaign, amount_minor=3_00)
    assert ads.refund_unspent(campaign=campaign, key="end") == 7_00
    ads.settle(campaign=campaign, reserved_minor=3_00, cost_minor=1_00, key=key())
    assert [ads.refund_unspent(campaign=campaign, key=one) for one in ("end", "end 2")] == [0, 2_00]
    assert books(campaign) == (0, 10_00, 1_00, 9_00)


def test_ended_campaigns_get_back_what_was_not_shown(campaign, channel, rich):
    running = make_campaign(channel, funding="prepaid")
    for one in (campaign, running):
        ads.book(campaign=one, amount_minor=10_00, source="wallet", by=rich, key=key())
    ads.reserve(campaign=campaign, amount_minor=3_00)
    type(campaign).objects.filter(pk=campaign.pk).update(status="ended")
    assert [ads.refund_ended() for _ in range(2)] == [1, 0]
    ads.settle(campaign=campaign, reserved_minor=3_00, cost_minor=1_00, key=key())
    assert [ads.refund_ended() for _ in range(2)] == [1, 0]
    assert (get_wallet_balance(rich, "USD"), ads.get_available(running)) == (89_00, 10_00)
    assert books(campaign) == (10_00, 10_00, 1_00, 9_00)


def test_nothing_goes_back_where_nothing_was_paid(channel):
    assert ads.refund_unspent(campaign=make_campaign(channel), key="end") == 0


def by_provider(campaign, person, **words):
    return ads.book_by_provider(campaign=campaign, by=person, provider="sandbox", key=key(), **words)


def test_a_verified_payment_books(campaign, package, seller, django_capture_on_commit_callbacks):
    attempt = by_provider(campaign, seller, package=package)
    with django_capture_on_commit_callbacks(execute=True):
        payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    booking = Booking.objects.get()
    assert (booking.package, booking.amount_minor, get_wallet_balance(seller, "USD")) == (package, 20_00, 0)
    assert [ads.settle_checkout(attempt_id=attempt.pk), Booking.objects.count()] == [False, 1]
    assert (Checkout.objects.get().status, books(campaign)[0]) == ("done", 20_00)


def test_news_that_was_lost_is_swept(campaign, seller):
    attempts = [by_provider(campaign, seller, amount_minor=5_00) for _ in range(3)]
    payments.settle_attempt(attempt=attempts[0], outcome=paid(attempts[0]))
    payments.settle_attempt(attempt=attempts[1], outcome=payments.Outcome("failed"))
    assert [ads.sweep_checkouts() for _ in range(2)] == [2, 0]
    assert list(Checkout.objects.order_by("pk").values_list("status", flat=True)) == ["done", "gone", "waiting"]
    payments.settle_attempt(attempt=attempts[1], outcome=paid(attempts[1]))
    assert (ads.sweep_checkouts(), books(campaign)[0]) == (1, 10_00)


def test_what_cannot_be_booked_any_more_stays_in_the_wallet(campaign, package, seller):
    attempt = by_provider(campaign, seller, package=package)
    Package.objects.update(is_active=False)
    payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    ads.settle_checkout(attempt_id=attempt.pk)
    checkout = Checkout.objects.get()
    assert (checkout.status, checkout.refusal) == ("refused", "This package is not on sale any more.")
    assert get_wallet_balance(seller, "USD") == 20_00


def test_a_verified_payment_repays(channel, seller):
    line, campaign = open_line(channel), make_campaign(channel)
    spend(campaign, 40_00)
    ads.issue_due(now=line.period_ends_at)
    statement = Statement.objects.get()
    words = {"statement": statement, "by": seller, "provider": "sandbox"}
    with pytest.raises(payments.BadAmount):
        ads.repay_by_provider(amount_minor=42_01, key=key(), **words)
    attempt = ads.repay_by_provider(amount_minor=42_00, key=key(), **words)
    payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    ads.settle_checkout(attempt_id=attempt.pk)
    assert (fresh(statement).status, get_wallet_balance(seller, "USD")) == ("repaid", 0)
