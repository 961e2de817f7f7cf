"""Staff decide disputes: the queue, the page, what each gets before it is done, the second person."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from payments import services as payments
from payments.models import Dispute
from tests.conftest import signed_in
from tests.factories import make_picture, make_user
from tests.payments.market import ask, bring_to, dispute_of, fill_wallet, fresh, key, money, run_out
from tests.payments.staff import make_staff, said, staff_with

pytestmark = pytest.mark.django_db
LIST = "admin:payments_dispute_changelist"


@pytest.fixture
def dispute(request_) -> Dispute:
    return dispute_of(bring_to(request_, "disputed"))


@pytest.fixture
def large(dispute, settings) -> Dispute:
    """What is held is above the limit."""
    settings.DISPUTE_TWO_PERSON_MINOR = settings.DISPUTE_TWO_PERSON_MINOR | {"USD": 99_99}
    return dispute


def quarrel(channel, count: int) -> list[Dispute]:
    found = []
    for _ in range(count):
        buyer = make_user()
        fill_wallet(buyer, 100_00)
        found.append(dispute_of(bring_to(ask(channel, buyer), "disputed")))
    return found


def page(dispute: Dispute) -> str:
    return reverse("admin:payments_dispute_change", args=[dispute.pk])


def send(client, dispute: Dispute, step: str = "decide", **words):
    data = {"key": str(uuid.uuid4()), "reason": "The photo shows it"} | words
    return client.post(reverse(f"admin:payments_dispute_{step}", args=[dispute.pk]), data, follow=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same(channel, staff_client, django_assert_num_queries, count):
    quarrel(channel, count)
    with django_assert_num_queries(5):
        response = staff_client.get(reverse(LIST))
    assert len(response.context["cl"].result_list) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same(channel, staff_client, django_assert_num_queries, count):
    """Whatever the two quarreled about before, said and showed."""
    dispute = quarrel(channel, count)[0]
    for _ in range(count):
        words = {"text": "Look", "pictures": [make_picture(), make_picture()], "key": key()}
        payments.add_evidence(dispute=dispute, by=dispute.request.buyer, **words)
    with django_assert_num_queries(13):
        response = staff_client.get(page(dispute))
    assert response.status_code == 200
    assert (len(response.context["case"].evidence), len(response.context["case"].earlier)) == (count, count - 1)
    assert response.content.decode().count('alt="Evidence"') == 2 * count


def test_the_queue_holds_what_waits_the_first_due_on_top(channel, staff_client):
    first, second, third = quarrel(channel, 3)
    Dispute.objects.filter(pk=third.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    payments.propose_decision(dispute=first, by=make_staff(), decision="refund", reason="So", key=key())
    lists = [staff_client.get(reverse(LIST), {"queue": choice} if choice else {}) for choice in ("", "overdue", "all")]
    assert [list(response.context["cl"].result_list) for response in lists] == [
        [third, second],
        [third],
        [third, second, first],
    ]
    assert lists[0].content.decode().count("<strong>overdue</strong>") == 1


@pytest.mark.parametrize(
    ("decision", "amount", "parts"),
    [("refund", "", (100_00, 0, 0)), ("release", "", (0, 95_00, 5_00)), ("split", "40.00", (40_00, 57_00, 3_00))],
)
def test_a_decision_is_shown_before_it_is_made(staff_client, dispute, decision, amount, parts):
    before = money(dispute.request)
    preview = send(staff_client, dispute, decision=decision, amount=amount)
    shown = preview.context["form"].parts
    assert ((shown.buyer, shown.seller, shown.fee), money(dispute.request)) == (parts, before)
    done = staff_client.post(preview.request["PATH_INFO"], hidden_fields(preview), follow=True)
    assert said(done) == ["Decided. Both sides are told."]
    after = money(dispute.request)
    assert (after[0] - before[0], after[2] - before[2], after[3] - before[3]) == parts


def hidden_fields(response) -> dict[str, str]:
    """What the page's own form would send."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return dict(inputs) | {"reason": response.context["form"]["reason"].value()}


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"decision": "refund", "reason": " "}, ["reason"]),
        ({"decision": "all of it"}, ["decision"]),
        ({"decision": "split", "amount": ""}, ["amount"]),
        ({"decision": "split", "amount": "100"}, ["amount"]),
        ({"decision": "split", "amount": "1e1"}, ["amount"]),
    ],
)
def test_a_decision_that_says_too_little_is_not_made(staff_client, dispute, words, wrong):
    response = send(staff_client, dispute, **words, sure="1")
    assert (response.status_code, list(response.context["decision_form"].errors)) == (422, wrong)
    assert fresh(dispute).state == "open"


def test_a_decision_sent_twice_is_made_once(staff_client, staff, dispute):
    words = {"decision": "split", "amount": "۴۰", "key": str(uuid.uuid4()), "sure": "1"}
    for _ in range(2):
        assert send(staff_client, dispute, **words).status_code == 200
    assert money(dispute.request)[0] == 440_00
    told = AuditEntry.objects.get(subject_type="payments.dispute")
    assert (told.actor_pk, told.verb, told.reason) == (str(staff.pk), "decided", "The photo shows it")
    assert told.data == {
        "decision": "split",
        "to_buyer_minor": 40_00,
        "held": 100_00,
        "request": dispute.request.token,
    }


def test_what_is_decided_stays_decided(staff_client, dispute):
    send(staff_client, dispute, decision="release", sure="1")
    again = send(staff_client, dispute, decision="refund", sure="1")
    assert said(again) == ["This has changed in the meantime; that step is not open to you now."]
    assert (fresh(dispute).decision, "decision_form" in staff_client.get(page(dispute)).content.decode()) == (
        "release",
        False,
    )
    assert staff_client.post(page(dispute), {"decision": "refund"}).status_code == 403


def test_what_happened_is_said_in_words(staff_client, large):
    """Who did what, as people say it, and what staff proposed, sent back and decided."""
    send(staff_client, large, decision="split", amount="40", sure="1")
    send(staff_with("change_dispute"), large, "reject", reason="Look again")
    words = " ".join(re.sub(r"<[^>]+>", " ", staff_client.get(page(large)).content.decode()).split())
    assert re.findall(r"(Asked for money|Shipped|Refund asked for|Handed to staff) · (Seller|Buyer)", words) == [
        ("Asked for money", "Seller"), ("Shipped", "Seller"), ("Refund asked for", "Buyer"), ("Handed to staff", "Buyer"),
    ]  # fmt: skip
    assert re.findall(r"(Proposed|Sent back) · (A part to each) · (\w+ \w+)", words) == [
        ("Proposed", "A part to each", "The photo"), ("Sent back", "A part to each", "Look again"),
    ]  # fmt: skip


def test_above_the_limit_the_first_person_only_proposes(staff_client, large):
    response = send(staff_client, large, decision="refund", sure="1")
    assert said(response) == ["Proposed. A second person must confirm it."]
    assert (response.context["is_own_proposal"], response.context["may_answer"]) == (True, False)
    for step in ("confirm", "reject"):
        assert said(send(staff_client, large, step)) == ["A second person must confirm this decision."]
    assert (fresh(large).state, money(large.request)[1]) == ("proposed", 100_00)


@pytest.mark.parametrize(("step", "state", "held"), [("confirm", "decided", 0), ("reject", "open", 100_00)])
def test_a_second_person_confirms_or_sends_back(staff_client, large, step, state, held):
    send(staff_client, large, decision="refund", sure="1")
    second = staff_with("change_dispute")
    assert second.get(page(large)).context["parts"].buyer == 100_00
    words = {"key": str(uuid.uuid4())}
    for _ in range(2):
        send(second, large, step, **words)
    assert (fresh(large).state, money(large.request)[1]) == (state, held)
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == [
        "proposed",
        {"confirm": "decided", "reject": "rejected"}[step],
    ]


def test_what_is_late_is_said_to_need_a_second_person(staff_client, dispute):
    run_out(dispute.request)
    for shown in (staff_client.get(page(dispute)), send(staff_client, dispute, decision="refund")):
        text = shown.content.decode()
        assert ("A second person must confirm this decision." in text, "above the limit" in text) == (True, False)
    assert said(send(staff_client, dispute, decision="refund", sure="1")) == [
        "Proposed. A second person must confirm it."
    ]
    assert (fresh(dispute).state, money(dispute.request)[1]) == ("proposed", 100_00)
    send(staff_with("change_dispute"), dispute, "confirm")
    assert (fresh(dispute).state, money(dispute.request)[1]) == ("decided", 0)


def test_sending_back_says_why(staff_client, large):
    send(staff_client, large, decision="refund", sure="1")
    response = send(staff_with("change_dispute"), large, "reject", reason="")
    assert (response.status_code, fresh(large).state) == (422, "proposed")


@pytest.mark.parametrize("step", ["decide", "confirm", "reject"])
def test_who_may_only_look_decides_nothing(dispute, step):
    looker = staff_with("view_dispute")
    assert looker.get(reverse(LIST)).status_code == 200
    assert looker.get(page(dispute)).context["may_decide"] is False
    assert send(looker, dispute, step, decision="refund", sure="1").status_code == 403
    assert fresh(dispute).state == "open"


def test_without_a_permission_there_is_nothing_to_see(dispute):
    other = staff_with("view_payout")
    assert [other.get(address).status_code for address in (reverse(LIST), page(dispute))] == [403, 403]


def test_staff_who_are_a_party_do_not_decide(channel, dispute):
    judge = make_staff("change_dispute")
    channel.members.create(person=judge, role="agent")
    client = signed_in(judge)
    assert client.get(page(dispute)).context["may_decide"] is False
    send(client, dispute, decision="release", sure="1")
    assert fresh(dispute).state == "open"


@pytest.mark.parametrize("step", ["decide", "confirm", "reject"])
def test_buyer_and_seller_do_not_get_in(shopper_client, seller_client, client, dispute, step):
    for outsider in (shopper_client, seller_client, client):
        assert outsider.get(page(dispute)).status_code == 302
        address = reverse(f"admin:payments_dispute_{step}", args=[dispute.pk])
        assert outsider.post(address, {"decision": "refund", "reason": "Mine", "sure": "1"}).status_code == 302
    assert fresh(dispute).state == "open"


def test_a_password_alone_opens_nothing(client, dispute):
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page(dispute)).status_code == 302


@pytest.mark.parametrize("pk", ["0", "x"])
def test_there_is_no_such_dispute(staff_client, pk):
    assert staff_client.get(reverse("admin:payments_dispute_change", args=[pk])).status_code == 404
