"""Staff hand payouts to the bank and note what it said; each happens once."""

import csv
import io
import uuid

import pytest
from django.urls import reverse

from core.models import AuditEntry
from payments import selectors
from payments import services as payments
from payments.models import Payout, PayoutBatch
from payments.services import paying_out
from tests.payments.market import ask, bring_to, fresh, key
from tests.payments.staff import said, staff_with

pytestmark = pytest.mark.django_db
LIST, FILES = "admin:payments_payout_changelist", "admin:payments_payoutbatch_changelist"
IBAN = {"holder": "Mina Moradi", "account": "DE02120300000000202051"}


@pytest.fixture
def ask_payouts(channel, buyer, seller):
    bring_to(ask(channel, buyer), "released")

    def ask_them(count: int) -> list[Payout]:
        words = {"channel": channel, "by": seller, "amount_minor": 10_00, "destination": IBAN}
        return [payments.request_payout(**words, key=key()) for _ in range(count)]

    return ask_them


def make_file(client, sent_key: str = "", currency: str = "USD"):
    data = {"key": sent_key or str(uuid.uuid4()), "currency": currency}
    return client.post(reverse("admin:payments_payout_file"), data, follow=True)


def act(client, action: str, *payouts, reason: str = ""):
    data = {"action": action, "_selected_action": [payout.pk for payout in payouts], "reason": reason}
    return client.post(reverse(LIST), data, follow=True)


def download(client, batch: PayoutBatch):
    return client.get(reverse("admin:payments_payoutbatch_download", args=[batch.pk]))


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same(ask_payouts, staff, staff_client, django_assert_num_queries, count):
    payouts = ask_payouts(count)
    with django_assert_num_queries(6):
        response = staff_client.get(reverse(LIST))
    assert list(response.context["cl"].result_list) == payouts
    for number in range(count):
        payments.make_payout_file(currency="USD", by=staff, key=f"file{number}")
        ask_payouts(1)
    with django_assert_num_queries(5):
        assert len(staff_client.get(reverse(FILES)).context["cl"].result_list) == count


def test_the_queue_says_what_is_to_be_sent(ask_payouts, staff_client, staff):
    ask_payouts(2)
    payments.make_payout_file(currency="USD", by=staff, key=key())
    ask_payouts(1)
    totals = staff_client.get(reverse(LIST)).context["totals"]
    assert [(row["state"], row["count"], row["total"]) for row in totals] == [
        ("created", 1, 10_00),
        ("sent", 2, 20_00),
    ]


def test_a_file_is_made_once_however_often_it_is_asked_for(ask_payouts, staff_client, staff):
    payouts = ask_payouts(2)
    sent_key = str(uuid.uuid4())
    for _ in range(2):
        make_file(staff_client, sent_key)
    batch = PayoutBatch.objects.get()
    assert said(make_file(staff_client)) == ["There is nothing to pay out."]
    answer = download(staff_client, batch)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["payout"] for row in rows] == [str(payout.pk) for payout in payouts]
    assert answer["Content-Disposition"] == f'attachment; filename="payouts-{batch.pk}.csv"'
    told = AuditEntry.objects.filter(subject_type="payments.payoutbatch").order_by("pk")
    assert [(entry.verb, entry.actor_pk) for entry in told] == [
        ("made", str(staff.pk)),
        ("downloaded", str(staff.pk)),
    ]


def test_a_file_takes_so_many_and_the_next_the_rest(ask_payouts, staff_client, monkeypatch):
    monkeypatch.setattr(paying_out, "PAYOUTS_PER_FILE", 2)
    payouts = ask_payouts(3)
    for _ in range(2):
        make_file(staff_client)
    files = [list(batch.payouts.order_by("pk")) for batch in PayoutBatch.objects.order_by("pk")]
    assert files == [payouts[:2], payouts[2:]]


def test_a_payout_that_arrived_is_noted_once(ask_payouts, staff_client, channel):
    payout = ask_payouts(1)[0]
    make_file(staff_client)
    assert said(act(staff_client, "confirm", payout, reason="B-17")) == ["1 payout is settled."]
    act(staff_client, "confirm", payout, reason="B-17")
    assert (fresh(payout).state, fresh(payout).bank_reference) == ("confirmed", "B-17")
    balances = [selectors.get_platform_balance(kind, "USD") for kind in ("payout_clearing", "bank")]
    assert balances == [0, 10_00]


def test_what_the_bank_returns_is_the_sellers_again(ask_payouts, staff_client, channel):
    payout = ask_payouts(1)[0]
    make_file(staff_client)
    assert said(act(staff_client, "give_back", payout)) == [f"#{payout.pk}: Write why: the seller reads it."]
    act(staff_client, "give_back", payout, reason="No such account")
    assert (fresh(payout).state, fresh(payout).reason) == ("returned", "No such account")
    assert selectors.get_payable_balance(channel) == 95_00
    told = AuditEntry.objects.get(subject_type="payments.payout")
    assert (told.verb, told.reason) == ("returned", "No such account")


@pytest.mark.parametrize("action", ["confirm", "give_back"])
def test_what_was_not_sent_is_not_settled(ask_payouts, staff_client, action):
    payout = ask_payouts(1)[0]
    sentence = "This has changed in the meantime; that step is not open to you now."
    assert said(act(staff_client, action, payout, reason="x")) == [f"#{payout.pk}: {sentence}"]
    assert fresh(payout).state == "created"


def test_who_may_only_look_sends_nothing(ask_payouts, staff):
    payout = ask_payouts(1)[0]
    looker = staff_with("view_payout")
    assert looker.get(reverse(LIST)).context["may_send"] is False
    assert make_file(looker).status_code == 403
    batch = payments.make_payout_file(currency="USD", by=staff, key=key())
    act(looker, "confirm", payout, reason="B-1")
    assert (fresh(payout).state, download(looker, batch).status_code) == ("sent", 403)
    assert download(staff_with("view_payoutbatch"), batch).status_code == 200


def test_sellers_do_not_get_in(ask_payouts, seller_client, staff):
    payout = ask_payouts(1)[0]
    batch = payments.make_payout_file(currency="USD", by=staff, key=key())
    address = reverse("admin:payments_payout_file")
    assert seller_client.post(address, {"currency": "USD", "key": str(uuid.uuid4())}).status_code == 302
    assert (download(seller_client, batch).status_code, seller_client.get(reverse(LIST)).status_code) == (302, 302)
    seller_client.post(reverse(LIST), {"action": "confirm", "_selected_action": [payout.pk]})
    assert fresh(payout).state == "sent"


@pytest.mark.parametrize("model", ["payout", "payoutbatch"])
def test_nothing_is_edited(ask_payouts, staff_client, staff, model):
    ask_payouts(1)
    batch = payments.make_payout_file(currency="USD", by=staff, key=key())
    row = {"payout": batch.payouts.get(), "payoutbatch": batch}[model]
    address = reverse(f"admin:payments_{model}_change", args=[row.pk])
    assert [staff_client.get(address).status_code, staff_client.post(address, {}).status_code] == [200, 403]
    assert staff_client.get(reverse(f"admin:payments_{model}_add")).status_code == 403
    assert staff_client.post(reverse(f"admin:payments_{model}_delete", args=[row.pk])).status_code == 403
