"""A person sends money of her wallet back to the card it came from, and sees what became of it."""

import re
import uuid

import pytest

from payments import selectors
from payments import services as payments
from payments.models import Refund
from payments.providers.zarinpal import Zarinpal
from tests.conftest import signed_in
from tests.factories import make_user
from tests.payments.market import fill_wallet, key, pay

pytestmark = pytest.mark.django_db
LIST = "/wallet/card/?currency=USD"


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def send(client, attempt, **sent):
    return client.post(f"/wallet/card/{attempt.token}/", {"key": str(uuid.uuid4())} | sent)


@pytest.fixture
def paid(shopper):
    """A payment of 50.00 dollars that lies in the shopper's wallet."""
    return fill_wallet(shopper, 50_00)


def test_a_part_goes_back_once(paid, shopper, shopper_client):
    page = shopper_client.get(f"/wallet/card/{paid.token}/").content.decode()
    assert 'value="50"' in page
    sent = {"key": str(uuid.uuid4()), "amount": "20"}
    answers = [send(shopper_client, paid, **sent) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [LIST] * 2
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.state, refund.by) == (20_00, "created", shopper)
    assert selectors.get_wallet_balance(shopper, "USD") == 30_00


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("created", "To be sent"),
        ("transit", "On its way"),
        ("done", "Done"),
        ("failed", "It is in your wallet again."),
        ("external", "desk $20"),
    ],
)
def test_what_became_of_it_is_shown(paid, shopper, shopper_client, state, said):
    refund = payments.refund_to_card(attempt=paid, by=shopper, amount_minor=20_00, key=key())
    if state != "created":
        payments.settle_refund(refund=refund, state=state)
    assert said in words(shopper_client.get(LIST))


@pytest.mark.parametrize("amount", ["", "0", "50.01", "1e3"])
def test_other_amounts_are_refused(paid, shopper_client, amount):
    assert send(shopper_client, paid, amount=amount).status_code == 422
    assert Refund.objects.count() == 0


def test_no_more_goes_back_than_lies_in_the_wallet(paid, request_in_dollars, shopper_client):
    pay(request_in_dollars)
    assert send(shopper_client, paid, amount="20.01").status_code == 422
    assert send(shopper_client, paid, amount="20").status_code == 302


@pytest.fixture
def request_in_dollars(channel, shopper):
    """A request of 30.00 dollars."""
    from tests.payments.market import ask

    return ask(channel, shopper, 30_00)


def test_some_providers_give_back_only_wholes(paid, request_in_dollars, shopper, shopper_client, monkeypatch):
    monkeypatch.setattr("payments.providers.sandbox.Sandbox.refunds_parts", Zarinpal.refunds_parts)
    send(shopper_client, paid, amount="1")
    assert Refund.objects.get().amount_minor == 50_00
    payments.settle_refund(refund=Refund.objects.get(), state="failed")
    pay(request_in_dollars)
    assert "gives a payment back only as a whole: you need $50 in your wallet for that." in words(
        shopper_client.get(LIST)
    )
    assert send(shopper_client, paid).status_code == 422


def test_it_is_nobody_elses(paid, client):
    other = signed_in(make_user())
    address = f"/wallet/card/{paid.token}/"
    assert [other.get(address).status_code, client.get(address).status_code] == [404, 302]
    assert "You have paid nothing by card" in words(other.get(LIST))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(shopper, shopper_client, count, django_assert_num_queries):
    for _ in range(count):
        payments.refund_to_card(attempt=fill_wallet(shopper, 50_00), by=shopper, amount_minor=1_00, key=key())
    with django_assert_num_queries(5):  # session and person; balance, payments, refunds, charge-backs
        page = words(shopper_client.get(LIST))
    assert page.count("To be sent") == count
