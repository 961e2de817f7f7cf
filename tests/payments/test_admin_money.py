"""Staff note what providers say, see to alerts, and learn on the first page what waits for them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from payments import selectors
from payments import services as payments
from payments.models import Alert, Entry, PaymentAttempt
from tests.factories import make_channel, make_user
from tests.payments.market import (
    STEPS,
    ask,
    bring_to,
    check_now,
    dispute_of,
    fill_wallet,
    fresh,
    key,
    pay_by_card,
)
from tests.payments.staff import make_staff, said, staff_with

pytestmark = pytest.mark.django_db
ALERTS = "admin:payments_alert_changelist"
SETTLEMENT = {"provider": "sandbox", "currency": "USD", "gross": "500", "fee": "9.00", "reference": "S-1"}


@pytest.fixture
def card_attempt(channel, shopper) -> PaymentAttempt:
    """A request of 100.00 dollars, paid by card and shipped."""
    request = ask(channel, shopper)
    attempt = pay_by_card(request)
    STEPS["ship"](fresh(request))
    return attempt


def charge_back(client, attempt, **words):
    address = reverse("admin:payments_paymentattempt_charge_back", args=[attempt.pk])
    return client.post(address, {"reference": "CB-9", "reason": "Card stolen"} | words, follow=True)


# --- charge-backs


@pytest.mark.parametrize(("is_released", "state"), [(False, "charged_back"), (True, "released")])
def test_a_charge_back_is_noted_once(staff_client, staff, channel, card_attempt, is_released, state):
    if is_released:
        STEPS["release"](fresh(card_attempt.request))
    page = staff_client.get(reverse("admin:payments_moneyrequest_change", args=[card_attempt.request_id]))
    assert reverse("admin:payments_paymentattempt_change", args=[card_attempt.pk]) in page.content.decode()
    for _ in range(2):
        assert said(charge_back(staff_client, card_attempt)) == ["The payment is charged back."]
    check_now()
    assert fresh(card_attempt.request).state == state
    assert (selectors.get_payable_balance(channel), selectors.get_platform_balance("escrow", "USD")) == (0, 0)
    told = AuditEntry.objects.get()
    assert (told.verb, told.actor_pk, told.reason, told.data) == (
        "charged back",
        str(staff.pk),
        "Card stolen",
        {"reference": "CB-9"},
    )


@pytest.mark.parametrize("missing", ["reference", "reason"])
def test_a_charge_back_has_a_number_and_a_reason(staff_client, card_attempt, missing):
    response = charge_back(staff_client, card_attempt, **{missing: " "})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [missing])
    assert fresh(card_attempt.request).state == "shipped"


def test_what_was_not_paid_is_not_charged_back(staff_client, request_):
    words = {"by": request_.buyer, "version": 1, "provider": "sandbox", "key": key()}
    attempt = payments.start_attempt(request=request_, **words)
    response = charge_back(staff_client, attempt)
    assert response.status_code == 422
    assert list(response.context["form"].non_field_errors()) == [
        "This has changed in the meantime; that step is not open to you now."
    ]


def test_who_may_not_charge_back(card_attempt, seller_client, shopper_client):
    assert charge_back(staff_with("view_paymentattempt"), card_attempt).status_code == 403
    address = reverse("admin:payments_paymentattempt_charge_back", args=[card_attempt.pk])
    for outsider in (seller_client, shopper_client):
        assert outsider.post(address, {"reference": "CB-9", "reason": "Mine"}).status_code == 302
    assert fresh(card_attempt.request).state == "shipped"


def test_staff_who_are_a_party_do_not_charge_back(channel, card_attempt):
    judge = make_staff("all")
    channel.members.create(person=judge, role="agent")
    with pytest.raises(payments.NotAllowed):
        payments.charge_back(attempt=card_attempt, by=judge, reference="CB-9", reason="Mine")


# --- settlements


def settle(client, **words):
    return client.post(reverse("admin:payments_entry_settlement"), SETTLEMENT | words, follow=True)


def test_a_settlement_is_recorded_once(staff_client, buyer):
    for _ in range(2):
        assert said(settle(staff_client)) == ["The settlement is recorded."]
    owed = selectors.get_platform_balance("gateway_clearing", "USD", provider="sandbox")
    sums = [selectors.get_platform_balance(kind, "USD") for kind in ("bank", "psp_cost")]
    assert (owed, sums) == (0, [-491_00, -9_00])
    assert AuditEntry.objects.get().verb == "settled"


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"gross": "-5"}, ["gross"]),
        ({"gross": "1e3"}, ["gross"]),
        ({"fee": "501"}, ["__all__"]),
        ({"currency": "ZZZ"}, ["currency"]),
        ({"provider": "nobody"}, ["provider"]),
        ({"reference": " "}, ["reference"]),
    ],
)
def test_a_settlement_that_cannot_be_is_refused(staff_client, buyer, words, wrong):
    response = settle(staff_client, **words)
    assert (response.status_code, list(response.context["form"].errors)) == (422, wrong)
    assert Entry.objects.filter(kind=Entry.Kind.SETTLED).count() == 0


def test_a_reference_stands_for_one_amount(staff_client, buyer):
    settle(staff_client)
    response = settle(staff_client, gross="400")
    assert response.context["form"].errors == {
        "reference": ["This number was recorded before, with other amounts or by somebody else."]
    }
    assert Entry.objects.filter(kind=Entry.Kind.SETTLED).count() == 1


def test_who_may_not_settle(seller_client, buyer):
    assert settle(staff_with("view_entry")).status_code == 403
    assert seller_client.post(reverse("admin:payments_entry_settlement"), SETTLEMENT).status_code == 302
    assert Entry.objects.filter(kind=Entry.Kind.SETTLED).count() == 0
    assert said(settle(staff_with("view_entry", "add_entry"))) == ["The settlement is recorded."]


# --- alerts


def clear(client, *alerts, reason: str = "Looked at it"):
    data = {"action": "clear", "_selected_action": [alert.pk for alert in alerts], "reason": reason}
    return client.post(reverse(ALERTS), data, follow=True)


def raise_alerts(count: int) -> list[Alert]:
    for number in range(count):
        payments.raise_alert(Alert.Kind.DRIFT, f"check {number}", "off by one")
    return list(Alert.objects.order_by("-pk"))


@pytest.mark.parametrize("count", [1, 3])
def test_alerts_cost_the_same(staff_client, django_assert_num_queries, count):
    alerts = raise_alerts(count)
    with django_assert_num_queries(5):
        response = staff_client.get(reverse(ALERTS))
    assert list(response.context["cl"].result_list) == alerts


def test_an_alert_is_cleared_with_a_reason(staff_client, staff):
    alert, other = raise_alerts(2)
    assert said(clear(staff_client, alert, reason="")) == [f"{alert}: Write what you found."]
    for _ in range(2):
        assert said(clear(staff_client, alert)) == ["1 alert is cleared."]
    assert list(Alert.objects.filter(cleared_at=None)) == [other]
    told = AuditEntry.objects.get()
    assert (told.verb, told.actor_pk, told.reason) == ("cleared", str(staff.pk), "Looked at it")


def test_who_may_only_look_clears_nothing(seller_client):
    alert = raise_alerts(1)[0]
    clear(staff_with("view_alert"), alert)
    assert clear(seller_client, alert).redirect_chain != []
    assert fresh(alert).cleared_at is None


# --- the first page


def need_staff(channel, count: int) -> None:
    for number in range(count):
        buyer = make_user()
        fill_wallet(buyer, 200_00)
        bring_to(ask(channel, buyer), "disputed")
        bring_to(ask(channel, buyer), "released")
        words = {"holder": "Mina", "account": "DE02120300000000202051"}
        seller = channel.members.get(role="owner").person
        payments.request_payout(channel=channel, by=seller, amount_minor=10_00, destination=words, key=key())
        OutboxMessage.objects.create(topic="mail", key=str(number), payload={}, state="failed", due_at=timezone.now())
    make_channel(state="pending")
    raise_alerts(count)


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_page_says_what_waits(channel, staff_client, django_assert_num_queries, count):
    need_staff(channel, count)
    with django_assert_num_queries(21):
        page = staff_client.get(reverse("admin:index"))
    counts = {row.label: row.number for row in page.context["waiting"]}
    assert counts == {
        "messages that could not be delivered": count,
        "channels that wait to be opened": 1,
        "alerts": count,
        "disputes to decide": count,
        "payouts to send": count,
    }
    for row in page.context["waiting"]:
        assert len(staff_client.get(row.url).context["cl"].result_list) == row.number


def test_the_first_page_speaks_of_what_one_may_see(channel):
    need_staff(channel, 1)
    page = staff_with("view_dispute").get(reverse("admin:index"))
    assert [row.label for row in page.context["waiting"]] == ["disputes to decide"]
    assert dispute_of(channel.money_requests.get(state="disputed")).state == "open"
    assert staff_with().get(reverse("admin:index")).content.decode().count("Nothing waits for you.") == 1
