"""Pages of what is owed and what was paid ahead: shown, printed, downloaded, paid in each way."""

import uuid

import pytest
from django.urls import reverse

from ads import services as ads
from ads.models import Booking, Checkout, Package, Statement
from payments import services as payments
from payments.models import PaymentAttempt
from payments.selectors import get_wallet_balance
from tests.ads.money import make_campaign, open_line, spend
from tests.payments.market import fill_wallet, fresh, paid
from tests.payments.people import client_of, make_team

pytestmark = pytest.mark.django_db


def bill(channel, *costs: int) -> Statement:
    """A statement of a campaign for each cost."""
    line = getattr(channel, "credit_line", None) or open_line(channel, 1000_00)
    for cost in costs:
        spend(make_campaign(channel, name=f"Spring {cost}"), cost)
    ads.issue_due(now=fresh(line).period_ends_at)
    return Statement.objects.latest("pk")


def at(name: str, channel, *args: object) -> str:
    return reverse(f"ads:{name}", args=[channel.handle, *args])


@pytest.fixture
def statement(channel) -> Statement:
    return bill(channel, 40_00)


@pytest.mark.parametrize(("role", "status"), [
    ("owner", 200), ("manager", 200), ("agent", 404), ("viewer", 404), ("stranger", 404), ("guest", 302),
])  # fmt: skip
def test_managers_see_what_is_owed_and_nobody_else(channel, statement, role, status, bare_404):
    client = client_of(role, make_team(channel))
    campaign = make_campaign(channel, funding="prepaid")
    urls = [at("statements", channel), at("statement", channel, 1), at("statement_csv", channel, 1)]
    urls += [at("repay", channel), at("book", channel, campaign.pk)]
    assert [client.get(url).status_code for url in urls] == [status] * 5


def test_without_a_line_or_a_number_there_is_nothing(channel, seller_client, bare_404):
    urls = [at("statements", channel), at("repay", channel), at("statement", channel, 1)]
    urls += [at("booking", channel, "nothing"), at("book", channel, make_campaign(channel).pk)]
    assert [seller_client.get(url).status_code for url in urls] == [404] * 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same(channel, seller_client, django_assert_num_queries, count):
    for _ in range(count):
        bill(channel, 1_00)
    with django_assert_num_queries(7):
        response = seller_client.get(at("statements", channel))
    assert (len(response.context["statements"]), response.context["left_minor"]) == (count, count * 1_05)
    assert response.context["owed_by_day"][-1][1] == count * 1_05


@pytest.mark.parametrize("count", [1, 3])
def test_a_statement_costs_the_same(channel, seller_client, django_assert_num_queries, count):
    statement = bill(channel, *range(1, count + 1))
    with django_assert_num_queries(5):
        response = seller_client.get(at("statement", channel, statement.number))
    assert [row.cost_minor for row in response.context["page"].spendings] == [3, 2, 1][-count:]


def test_the_csv_says_what_the_page_says(channel, statement, seller_client):
    rows = seller_client.get(at("statement_csv", channel, 1)).getvalue().decode().lstrip("\ufeff").split("\r\n")
    assert rows == [
        "What,Amount,Currency",
        "Spring 4000,40,USD",
        "Fee,2,USD",
        "Fee for being late,0,USD",
        "Written off,0,USD",
        "To be repaid,42,USD",
        "",
    ]


def test_it_is_repaid_from_the_wallet_once(channel, statement, seller, seller_client):
    fill_wallet(seller, 50_00)
    assert seller_client.get(at("repay", channel)).context["form"]["amount"].value() == "42"
    words = {"amount": "42", "way": "wallet", "key": str(uuid.uuid4())}
    for _ in range(2):
        assert seller_client.post(at("repay", channel), words).status_code == 302
    assert (fresh(statement).status, get_wallet_balance(seller, "USD")) == ("repaid", 8_00)


@pytest.mark.parametrize("amount", ["", "0", "42.01", "x"])
def test_what_cannot_be_repaid_is_said(channel, statement, seller_client, amount):
    words = {"amount": amount, "way": "wallet", "key": str(uuid.uuid4())}
    response = seller_client.post(at("repay", channel), words, headers={"HX-Request": "true"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["amount"])


def test_it_is_repaid_by_a_provider(channel, statement, seller_client, django_capture_on_commit_callbacks):
    words = {"amount": "42", "way": "sandbox", "key": str(uuid.uuid4())}
    response = seller_client.post(at("repay", channel), words)
    attempt = PaymentAttempt.objects.get()
    assert response.url == reverse("payments:attempt", args=[attempt.token])
    with django_capture_on_commit_callbacks(execute=True):
        payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    assert seller_client.get(response.url).url == at("statements", channel)
    assert fresh(statement).status == "repaid"


@pytest.fixture
def campaign(channel):
    return make_campaign(channel, funding="prepaid")


def test_a_package_is_booked_and_has_a_receipt(channel, campaign, seller, seller_client):
    package = Package.objects.create(names={"en": "A week"}, market="us", days=7, price_minor=20_00)
    fill_wallet(seller, 50_00)
    words = {"package": package.pk, "way": "wallet", "key": str(uuid.uuid4())}
    response = seller_client.post(at("book", channel, campaign.pk), words, follow=True)
    booking = Booking.objects.get()
    assert (response.context["booking"], booking.amount_minor, booking.package) == (booking, 20_00, package)
    assert "A week" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_bookings_costs_the_same(
    channel, campaign, seller, seller_client, django_assert_num_queries, count
):
    fill_wallet(seller, 50_00)
    for number in range(count):
        ads.book(campaign=campaign, amount_minor=1_00, source="wallet", by=seller, key=f"{number}")
    with django_assert_num_queries(9):
        response = seller_client.get(at("book", channel, campaign.pk))
    assert (len(response.context["bookings"]), response.context["available_minor"]) == (count, count * 1_00)


@pytest.mark.parametrize(("words", "field"), [
    ({"package": "own", "amount": ""}, "amount"),
    ({"package": "own", "amount": "51"}, "amount"),
    ({"package": "12345", "amount": "1"}, "package"),
    ({"package": "", "amount": "1"}, "package"),
    ({"package": "own", "amount": "1", "way": "cheque"}, "way"),
])  # fmt: skip
def test_what_cannot_be_booked_is_said(channel, campaign, seller, seller_client, words, field):
    fill_wallet(seller, 50_00)
    words = {"way": "wallet", "key": str(uuid.uuid4())} | words
    response = seller_client.post(at("book", channel, campaign.pk), words)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_a_payment_that_could_not_book_is_explained(channel, campaign, seller_client):
    words = {"package": "own", "amount": "5", "way": "sandbox", "key": str(uuid.uuid4())}
    seller_client.post(at("book", channel, campaign.pk), words)
    attempt = PaymentAttempt.objects.get()
    type(campaign).objects.update(status="ended")
    payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
    ads.settle_checkout(attempt_id=attempt.pk)
    assert seller_client.get(at("book", channel, campaign.pk)).context["unpaid"] == Checkout.objects.get()


def test_strangers_see_no_receipt(channel, campaign, seller, rival_client, rival_channel, bare_404):
    fill_wallet(seller, 50_00)
    token = ads.book(campaign=campaign, amount_minor=1_00, source="wallet", by=seller, key="a").token
    assert [rival_client.get(at("booking", one, token)).status_code for one in (channel, rival_channel)] == [404, 404]
