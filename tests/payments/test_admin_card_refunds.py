"""Refunds to cards that a provider cannot make by itself: staff send them at its desk and note its number, once."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from payments import selectors
from payments import services as payments
from payments.admin.card_refunds import SILENT, SLOW
from payments.models import Refund, StateChange
from tests.payments.market import key
from tests.payments.staff import said, staff_with

pytestmark = pytest.mark.django_db
LIST = "admin:payments_refund_changelist"


@pytest.fixture
def refunds(shopper):
    """Two refunds to a card of a provider that is not offered any more."""
    attempt = payments.start_top_up(person=shopper, amount_minor=900, currency="USD", provider="closed", key=key())
    payments.settle_attempt(attempt=attempt, outcome=payments.Outcome("paid", 900, "USD"))
    attempt.refresh_from_db()
    return [payments.refund_to_card(attempt=attempt, by=shopper, amount_minor=300, key=key()) for _ in range(2)]


@pytest.fixture
def staff_client():
    return staff_with("view_refund", "change_refund")


def settle(client, *refunds: Refund, number: str):
    data = {"action": "settle_by_hand", "_selected_action": [refund.pk for refund in refunds], "reason": number}
    return client.post(reverse(LIST), data, follow=True)


def test_what_was_sent_by_hand_is_noted_once_with_its_number(refunds, staff_client, shopper):
    refund, other = refunds
    assert said(settle(staff_client, refund, number=" ")) == [f"{refund}: Write the provider’s number of it."]
    assert said(settle(staff_client, refund, number="R-7")) == ["1 refund is settled."]
    settle(staff_client, refund, number="R-7")
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference, refund.settled_at is None) == ("external", "R-7", False)
    assert StateChange.objects.get(machine="refund", row_id=refund.pk, to_state="external").by is not None
    assert AuditEntry.objects.filter(subject_type="payments.refund", verb="settled").count() == 1
    assert selectors.get_wallet_balance(shopper, "USD") == 300
    assert selectors.get_platform_balance("refund_clearing", "USD", provider="closed") == 300  # the other one's
    assert payments.reconcile().is_clean
    payments.settle_refund(refund=other, state="failed", detail="no such card")
    assert said(settle(staff_client, other, number="R-8")) == [f"{other}: It is settled already."]
    assert selectors.get_wallet_balance(shopper, "USD") == 600


def test_only_who_may_change_refunds_does(refunds, shopper):
    looking = staff_with("view_refund")
    assert looking.get(reverse(LIST)).status_code == 200
    settle(looking, *refunds, number="R-7")
    assert set(Refund.objects.values_list("state", flat=True)) == {"created"}
    with pytest.raises(payments.NotAllowed):
        payments.settle_by_hand(refund=refunds[0], by=shopper, provider_reference="R-7", key=key())


@pytest.mark.parametrize(("state", "patience"), [("created", SILENT), ("transit", SLOW)])
def test_the_first_page_says_what_does_not_get_on(refunds, staff_client, state, patience):
    refund, fresh = refunds
    if state == "transit":
        payments.settle_refund(refund=refund, state="transit")
    words = "Refunds to cards that do not get on"
    for late, is_said in ((-dt.timedelta(minutes=1), False), (dt.timedelta(minutes=1), True)):
        Refund.objects.filter(pk=refund.pk).update(created_at=timezone.now() - patience - late)
        assert (words in staff_client.get(reverse("admin:index")).content.decode()) is is_said
    payments.settle_refund(refund=fresh, state="failed")
    Refund.objects.filter(pk=fresh.pk).update(created_at=timezone.now() - patience * 2)
    assert staff_client.get(reverse(LIST)).context["cl"].result_list[0] == refund


@pytest.mark.parametrize("count", [1, 2])
def test_the_list_costs_the_same(refunds, staff_client, django_assert_num_queries, count):
    for refund in refunds[count:]:
        payments.settle_refund(refund=refund, state="failed")
    with django_assert_num_queries(8):
        staff_client.get(f"{reverse(LIST)}?state__exact=created")
