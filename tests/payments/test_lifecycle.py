"""From asked to released, and each way money goes back: states, balances and who may."""

import pytest

from payments import selectors
from payments import services as payments
from payments.machine import State
from payments.models import Account, MoneyRequest
from tests.payments.market import key, pay

pytestmark = pytest.mark.django_db
Kind = Account.Kind


def balances(request: MoneyRequest) -> tuple[int, int, int, int]:
    """Wallet, escrow, the seller's balance, fees."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return (
        selectors.get_wallet_balance(request.buyer, request.currency),
        selectors.get_platform_balance(Kind.ESCROW, request.currency),
        selectors.get_payable_balance(request.channel),
        selectors.get_platform_balance(Kind.FEE_INCOME, request.currency),
    )


def test_paid_shipped_released(request_: MoneyRequest, seller, buyer):
    assert balances(request_) == (500_00, 0, 0, 0)
    request = pay(request_)
    assert (request.state, balances(request)) == (State.HELD, (400_00, 100_00, 0, 0))
    request = payments.ship_request(request=request, by=seller, tracking="1Z9", carrier="Post", key=key())
    assert (request.state, request.tracking, balances(request)) == (State.SHIPPED, "1Z9", (400_00, 100_00, 0, 0))
    request = payments.confirm_delivery(request=request, by=buyer, key=key())
    request = payments.release_request(request=request, by=buyer, key=key())
    assert (request.state, request.due_at, balances(request)) == (State.RELEASED, None, (400_00, 0, 95_00, 5_00))
    verbs = [(row.verb, row.who, row.by_id) for row in selectors.get_transitions(request)]
    assert verbs == [
        ("request", "seller", seller.pk),
        ("pay", "buyer", buyer.pk),
        ("ship", "seller", seller.pk),
        ("confirm_delivery", "buyer", buyer.pk),
        ("release", "buyer", buyer.pk),
    ]
    assert payments.reconcile().drifts == {}
