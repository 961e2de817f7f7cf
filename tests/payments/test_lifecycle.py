"""From asked to released, and each way money goes back: states, balances, and who may."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from core.models import AuditEntry
from payments import selectors
from payments import services as payments
from payments.machine import BY_VERB, State, Who
from payments.models import Alert, Dispute, MoneyRequest, RefundOffer, RefundRequest
from tests import factories
from tests.payments.market import (
    ask,
    ask_in,
    bring_to,
    check_now,
    dispute_of,
    fresh,
    judge,
    key,
    money,
    owner,
    pay,
    run_out,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def days_until_due(request: MoneyRequest) -> int:
    """Whole days, rounded."""
    return round((request.due_at - timezone.now()) / DAY)


def test_paid_shipped_released(request_: MoneyRequest, seller, buyer):
    assert money(request_) == (500_00, 0, 0, 0)
    assert days_until_due(request_) == 5
    request = pay(request_)
    assert (request.state, days_until_due(request), money(request)) == (State.HELD, 7, (400_00, 100_00, 0, 0))
    request = payments.ship_request(request=request, by=seller, tracking="1Z9", carrier="Post", key=key())
    assert (request.state, request.tracking, request.carrier) == (State.SHIPPED, "1Z9", "Post")
    assert (days_until_due(request), money(request)) == (10, (400_00, 100_00, 0, 0))
    request = payments.confirm_delivery(request=request, by=buyer, key=key())
    assert (request.state, days_until_due(request)) == (State.DELIVERED, 10)
    request = payments.release_request(request=request, by=buyer, key=key())
    assert (request.state, request.due_at, money(request)) == (State.RELEASED, None, (400_00, 0, 95_00, 5_00))
    assert [(row.verb, row.who, row.by_id, row.version) for row in selectors.get_transitions(request)] == [
        ("request", "seller", seller.pk, 1),
        ("pay", "buyer", buyer.pk, 2),
        ("ship", "seller", seller.pk, 3),
        ("confirm_delivery", "buyer", buyer.pk, 4),
        ("release", "buyer", buyer.pk, 5),
    ]
    assert payments.reconcile().drifts == {}


def test_untracked_goods_are_released_after_thirty_days(request_: MoneyRequest, seller):
    request = payments.ship_request(request=pay(request_), by=seller, tracking="  ", key=key())
    assert days_until_due(request) == 30


def test_a_draft_is_the_teams_until_it_is_sent(channel, buyer, seller, shopper):
    draft = ask(channel, buyer, as_draft=True)
    assert (draft.state, draft.requested_at, days_until_due(draft)) == (State.DRAFT, None, 30)
    with pytest.raises(MoneyRequest.DoesNotExist):
        selectors.get_request_for(buyer, draft.token)
    assert selectors.get_request_for(seller, draft.token) == draft
    assert selectors.get_purchases(buyer).rows == []
    sent = payments.send_request(request=draft, by=seller, key=key())
    assert (sent.state, days_until_due(sent)) == (State.REQUESTED, 5)
    assert selectors.get_request_for(buyer, draft.token) == draft


def test_an_edit_makes_a_new_version_and_keeps_the_old_terms(request_: MoneyRequest, seller, buyer):
    lines = [payments.Line("A pot", 30_00, 2), payments.Line("A cup", 5_00)]
    request = payments.edit_request(
        request=request_, by=seller, version=1, lines=lines, delivery_minor=7_00, discount_minor=2_00, note="Two", key=key()
    )  # fmt: skip
    assert (request.version, request.terms_version, request.amount_minor, request.fee_minor) == (2, 2, 70_00, 3_50)
    assert selectors.get_terms(request).lines == lines
    assert request.versions.get(version=1).amount_minor == 100_00
    with pytest.raises(payments.StaleVersion):
        payments.pay_from_wallet(request=request, by=buyer, version=1, key=key())
    with pytest.raises(payments.StaleVersion):
        payments.edit_request(request=request, by=seller, version=1, lines=lines, key=key())
    assert money(pay(request)) == (430_00, 70_00, 0, 0)


@pytest.mark.parametrize("state", [State.HELD, State.SHIPPED, State.DELIVERED])
def test_the_seller_gives_all_back(request_: MoneyRequest, seller, state):
    request = bring_to(request_, state)
    request = payments.refund_request_in_full(request=request, by=seller, reason="Broken in the oven", key=key())
    assert (request.state, request.refunded_minor, money(request)) == (State.REFUNDED, 100_00, (500_00, 0, 0, 0))


@pytest.mark.parametrize("state", [State.HELD, State.SHIPPED, State.DELIVERED])
def test_a_part_is_offered_and_accepted_and_the_fee_is_on_the_rest(request_: MoneyRequest, seller, buyer, state):
    request = bring_to(request_, state)
    due = request.due_at
    offer = payments.offer_partial_refund(request=request, by=seller, amount_minor=30_00, note="A scratch", key=key())
    with pytest.raises(payments.NotAllowed):
        payments.offer_partial_refund(request=request, by=seller, amount_minor=20_00, key=key())
    assert payments.accept_offer(offer=offer, by=buyer, key=key()).state == RefundOffer.State.ACCEPTED
    request = fresh(request)
    assert (request.state, request.refunded_minor, request.due_at) == (state, 30_00, due)
    assert money(request) == (430_00, 70_00, 0, 0)
    request = payments.release_request(request=request, by=buyer, key=key())
    assert money(request) == (430_00, 0, 66_50, 3_50)


@pytest.mark.parametrize("amount", [0, -1, 100_00, 100_01, 10**12])
def test_an_offer_is_a_part(request_: MoneyRequest, seller, amount):
    request = pay(request_)
    with pytest.raises(payments.BadAmount):
        payments.offer_partial_refund(request=request, by=seller, amount_minor=amount, key=key())


def test_a_declined_offer_changes_nothing(request_: MoneyRequest, seller, buyer):
    request = pay(request_)
    offer = payments.offer_partial_refund(request=request, by=seller, amount_minor=30_00, key=key())
    assert payments.decline_offer(offer=offer, by=buyer, key=key()).state == RefundOffer.State.DECLINED
    with pytest.raises(payments.NotAllowed):
        payments.accept_offer(offer=offer, by=buyer, key=key())
    assert money(fresh(request)) == (400_00, 100_00, 0, 0)


def test_a_release_lapses_the_offer(request_: MoneyRequest, seller, buyer):
    request = bring_to(request_, State.SHIPPED)
    offer = payments.offer_partial_refund(request=request, by=seller, amount_minor=30_00, key=key())
    payments.release_request(request=request, by=buyer, key=key())
    assert fresh(offer).state == RefundOffer.State.LAPSED
    with pytest.raises(payments.NotAllowed):
        payments.accept_offer(offer=offer, by=buyer, key=key())


@pytest.mark.parametrize("state", [State.HELD, State.SHIPPED, State.DELIVERED])
def test_a_refund_taken_back_goes_on_where_it_was(request_: MoneyRequest, buyer, state):
    request = bring_to(request_, state)
    timer, left = request.timer, request.due_at - timezone.now()
    asked = payments.ask_refund(
        request=request, by=buyer, reason="damaged", text="A crack", pictures=[factories.make_picture()], key=key()
    )
    request = fresh(request)
    assert (request.state, days_until_due(request), asked.pictures.count()) == (State.REFUND_REQUESTED, 3, 1)
    request = payments.withdraw_refund(request=request, by=buyer, key=key())
    assert (request.state, request.timer) == (state, timer)
    assert abs((request.due_at - timezone.now()) - left) < dt.timedelta(minutes=1)
    assert fresh(asked).state == RefundRequest.Outcome.WITHDRAWN
    assert money(request) == (400_00, 100_00, 0, 0)


def test_the_seller_accepts_a_refund(request_: MoneyRequest, seller):
    request = bring_to(request_, State.REFUND_REQUESTED)
    request = payments.accept_refund(request=request, by=seller, key=key())
    assert (request.state, money(request)) == (State.REFUNDED, (500_00, 0, 0, 0))
    assert request.refund_requests.get().state == RefundRequest.Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("decision", "part", "state", "after"),
    [
        ("refund", 0, State.REFUNDED, (500_00, 0, 0, 0)),
        ("release", 0, State.RELEASED, (400_00, 0, 95_00, 5_00)),
        ("split", 40_00, State.SPLIT, (440_00, 0, 57_00, 3_00)),
    ],
)
def test_staff_decide(request_: MoneyRequest, decision, part, state, after):
    dispute = dispute_of(bring_to(request_, State.DISPUTED))
    dispute = payments.propose_decision(
        dispute=dispute, by=judge(), decision=decision, to_buyer_minor=part, reason="Because", key=key()
    )
    request = fresh(request_)
    assert (dispute.state, request.state, money(request)) == (Dispute.State.DECIDED, state, after)
    assert payments.reconcile().drifts == {}


def test_a_large_decision_needs_a_second_person(channel, buyer, settings):
    settings.DISPUTE_TWO_PERSON_MINOR = settings.DISPUTE_TWO_PERSON_MINOR | {"USD": 99_99}
    dispute = dispute_of(bring_to(ask(channel, buyer), State.DISPUTED))
    first, second = judge(), judge()
    dispute = payments.propose_decision(dispute=dispute, by=first, decision="refund", reason="Because", key=key())
    assert (dispute.state, fresh(dispute.request).state) == (Dispute.State.PROPOSED, State.DISPUTED)
    with pytest.raises(payments.SamePerson):
        payments.confirm_decision(dispute=dispute, by=first, key=key())
    with pytest.raises(payments.NotAllowed):
        payments.propose_decision(dispute=dispute, by=second, decision="release", reason="No", key=key())
    with pytest.raises(payments.SamePerson):
        payments.reject_decision(dispute=dispute, by=first, reason="Wait", key=key())
    with pytest.raises(payments.BadRequest):
        payments.reject_decision(dispute=dispute, by=second, reason=" ", key=key())
    back = payments.reject_decision(dispute=dispute, by=second, reason="Look at the photo", key=key())
    assert back.state == Dispute.State.OPEN
    payments.propose_decision(dispute=dispute, by=first, decision="release", reason="Because", key=key())
    dispute = payments.confirm_decision(dispute=dispute, by=second, key=key())
    assert (dispute.state, dispute.confirmed_by, fresh(dispute.request).state) == ("decided", second, State.RELEASED)
    told = AuditEntry.objects.filter(subject_type="payments.dispute").order_by("pk")
    assert [(entry.verb, entry.actor_pk, entry.reason, entry.data["decision"]) for entry in told] == [
        ("proposed", str(first.pk), "Because", "refund"),
        ("rejected", str(second.pk), "Look at the photo", "refund"),
        ("proposed", str(first.pk), "Because", "release"),
        ("decided", str(second.pk), "Because", "release"),
    ]


@pytest.mark.parametrize("part", [0, -1, 100_00, 10**12])
def test_a_split_gives_each_a_part(request_: MoneyRequest, part):
    dispute = dispute_of(bring_to(request_, State.DISPUTED))
    with pytest.raises(payments.BadAmount):
        payments.propose_decision(
            dispute=dispute, by=judge(), decision="split", to_buyer_minor=part, reason="Because", key=key()
        )


def test_a_decision_has_a_reason(request_: MoneyRequest):
    dispute = dispute_of(bring_to(request_, State.DISPUTED))
    with pytest.raises(payments.BadRequest):
        payments.propose_decision(dispute=dispute, by=judge(), decision="refund", reason=" ", key=key())


def test_evidence_has_a_deadline_and_a_side(request_: MoneyRequest, buyer, seller, rival):
    dispute = dispute_of(bring_to(request_, State.DISPUTED))
    sides = [
        payments.add_evidence(dispute=dispute, by=person, text="See", key=key()).side for person in (buyer, seller)
    ]
    assert sides == ["buyer", "seller"]
    with pytest.raises(payments.NotAllowed):
        payments.add_evidence(dispute=dispute, by=rival, text="See", key=key())
    Dispute.objects.update(evidence_until=timezone.now())
    assert "add_evidence" not in {action.verb for action in selectors.actions_for(fresh(request_), buyer)}
    with pytest.raises(payments.NotAllowed):
        payments.add_evidence(dispute=fresh(dispute), by=buyer, text="More", key=key())


def test_staff_who_are_a_party_do_not_decide(channel, seller, buyer):
    for person in (seller, buyer):
        person.is_staff = True
        person.save(update_fields=["is_staff"])
    viewer = factories.make_user(is_staff=True)
    channel.members.create(person=viewer, role="viewer")
    dispute = dispute_of(bring_to(ask(channel, buyer), State.DISPUTED))
    for person in (seller, buyer, viewer):
        with pytest.raises(payments.NotAllowed):
            payments.propose_decision(dispute=dispute, by=person, decision="refund", reason="Mine", key=key())


# --- timers


@pytest.mark.parametrize(
    ("state", "after", "balances"),
    [
        (State.REQUESTED, State.EXPIRED, (500_00, 0, 0, 0)),
        (State.HELD, State.REFUNDED, (500_00, 0, 0, 0)),
        (State.SHIPPED, State.RELEASED, (400_00, 0, 95_00, 5_00)),
        (State.DELIVERED, State.RELEASED, (400_00, 0, 95_00, 5_00)),
        (State.REFUND_REQUESTED, State.REFUNDED, (500_00, 0, 0, 0)),
    ],
)
def test_no_state_without_a_timed_way_out(request_: MoneyRequest, state, after, balances):
    request = run_out(bring_to(request_, state))
    assert (request.state, request.due_at, money(request)) == (after, None, balances)
    assert request.transitions.get(version=request.version).who == Who.TIMER
    assert payments.run_due() == 0


def test_a_request_expires_five_days_after_its_last_edit(request_: MoneyRequest, seller):
    MoneyRequest.objects.filter(pk=request_.pk).update(due_at=timezone.now() + DAY)
    lines = [payments.Line("Cup", 20_00)]
    request = payments.edit_request(request=fresh(request_), by=seller, version=1, lines=lines, key=key())
    assert (request.state, request.timer, days_until_due(request)) == (State.REQUESTED, "expire", 5)
    assert days_until_due(fresh(request)) == 5


def test_an_edit_of_a_draft_keeps_its_time(channel, buyer, seller):
    """A draft is dropped 30 days after it was begun, however often it is changed."""
    draft = ask(channel, buyer, as_draft=True)
    MoneyRequest.objects.filter(pk=draft.pk).update(due_at=timezone.now() + DAY)
    lines = [payments.Line("Cup", 20_00)]
    draft = payments.edit_request(request=fresh(draft), by=seller, version=draft.version, lines=lines, key=key())
    assert (draft.timer, days_until_due(draft)) == ("drop", 1)


def test_a_draft_is_dropped(channel, buyer):
    assert run_out(ask(channel, buyer, as_draft=True)).state == State.CANCELLED


def test_an_undecided_dispute_raises_an_alert_and_then_refunds(request_: MoneyRequest):
    request = bring_to(request_, State.DISPUTED)
    assert days_until_due(request) == 5
    request = run_out(request)
    assert (request.state, request.timer, days_until_due(request)) == (State.DISPUTED, "dispute_refund", 25)
    assert dispute_of(request).is_late
    assert Alert.objects.get().subject == f"request:{request.pk}"
    request = run_out(request)
    assert (request.state, money(request)) == (State.REFUNDED, (500_00, 0, 0, 0))
    assert dispute_of(request).state == Dispute.State.ENDED
    assert Alert.objects.get().cleared_at is not None


def test_the_alert_of_a_late_dispute_ends_with_its_decision(request_: MoneyRequest):
    payments.raise_alert(Alert.Kind.DISPUTE_LATE, "request:0", "Another one")
    request = run_out(bring_to(request_, State.DISPUTED))
    dispute = dispute_of(request)
    payments.propose_decision(dispute=dispute, by=judge(), decision="release", reason="It arrived", key=key())
    open_ones = Alert.objects.filter(cleared_at=None).order_by("subject").values_list("subject", flat=True)
    assert list(open_ones) == ["request:0", f"request:{request.pk}"]
    payments.confirm_decision(dispute=dispute, by=judge(), key=key())
    assert list(open_ones.all()) == ["request:0"]


@pytest.mark.parametrize("decision", ["refund", "release", "split"])
def test_a_late_dispute_goes_to_a_second_person(request_: MoneyRequest, decision):
    """Whatever it is about: nobody decides alone what has waited so long."""
    request = run_out(bring_to(request_, State.DISPUTED))
    first, second, before = judge(), judge(), money(request)
    words = {"decision": decision, "to_buyer_minor": 40_00, "reason": "Because"}
    dispute = payments.propose_decision(dispute=dispute_of(request), by=first, key=key(), **words)
    assert (dispute.state, fresh(request).state, money(request)) == (Dispute.State.PROPOSED, State.DISPUTED, before)
    with pytest.raises(payments.SamePerson):
        payments.confirm_decision(dispute=dispute, by=first, key=key())
    dispute = payments.confirm_decision(dispute=dispute, by=second, key=key())
    assert (dispute.state, dispute.confirmed_by, fresh(request).state == State.DISPUTED) == ("decided", second, False)


def test_what_nobody_confirms_is_refunded_in_the_end(request_: MoneyRequest):
    request = run_out(bring_to(request_, State.DISPUTED))
    dispute = payments.propose_decision(
        dispute=dispute_of(request), by=judge(), decision="release", reason="It arrived", key=key()
    )
    assert (run_out(request).state, fresh(dispute).state) == (State.REFUNDED, Dispute.State.ENDED)


def test_nothing_runs_before_its_time(request_: MoneyRequest):
    request = bring_to(request_, State.SHIPPED)
    assert payments.run_due() == 0
    assert fresh(request).state == State.SHIPPED


def test_an_open_refund_stops_the_timer(request_: MoneyRequest, buyer):
    request = bring_to(request_, State.SHIPPED)
    MoneyRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() - DAY)
    payments.ask_refund(request=request, by=buyer, reason="not_arrived", key=key())
    assert payments.run_due() == 0
    assert fresh(request).state == State.REFUND_REQUESTED


# --- every verb in every state, by everybody

CALLS = {
    "send": lambda r, by: payments.send_request(request=r, by=by, key=key()),
    "edit": lambda r, by: payments.edit_request(
        request=r, by=by, version=r.version, lines=[payments.Line("Cup", 1)], key=key()
    ),
    "cancel": lambda r, by: payments.cancel_request(request=r, by=by, key=key()),
    "decline": lambda r, by: payments.decline_request(request=r, by=by, key=key()),
    "pay": lambda r, by: payments.pay_from_wallet(request=r, by=by, version=r.version, key=key()),
    "ship": lambda r, by: payments.ship_request(request=r, by=by, key=key()),
    "confirm_delivery": lambda r, by: payments.confirm_delivery(request=r, by=by, key=key()),
    "release": lambda r, by: payments.release_request(request=r, by=by, key=key()),
    "refund": lambda r, by: payments.refund_request_in_full(request=r, by=by, key=key()),
    "offer_refund": lambda r, by: payments.offer_partial_refund(request=r, by=by, amount_minor=1, key=key()),
    "ask_refund": lambda r, by: payments.ask_refund(request=r, by=by, reason="other", key=key()),
    "accept_refund": lambda r, by: payments.accept_refund(request=r, by=by, key=key()),
    "withdraw_refund": lambda r, by: payments.withdraw_refund(request=r, by=by, key=key()),
    "escalate": lambda r, by: payments.escalate(request=r, by=by, key=key()),
}


OPENED = {  # state: the verbs of the buyer, of an agent of the channel, of staff who are no party
    State.DRAFT: ("", "send edit cancel", ""),
    State.REQUESTED: ("decline apply_coupon pay", "edit cancel", ""),
    State.DECLINED: ("", "", ""),
    State.CANCELLED: ("", "", ""),
    State.EXPIRED: ("", "", ""),
    State.HELD: ("release ask_refund", "ship refund offer_refund", ""),
    State.SHIPPED: ("confirm_delivery release ask_refund", "refund offer_refund", ""),
    State.DELIVERED: ("release ask_refund", "refund offer_refund", ""),
    State.REFUND_REQUESTED: ("withdraw_refund escalate", "accept_refund escalate", ""),
    State.DISPUTED: ("add_evidence", "add_evidence", "propose_decision decide"),
    State.RELEASED: ("", "", ""),
    State.REFUNDED: ("", "", ""),
    State.SPLIT: ("", "", ""),
    State.CHARGED_BACK: ("", "", ""),
}


@pytest.mark.parametrize("state", State)
def test_what_is_open_to_whom(channel, buyer, rival, state):
    agent, viewer = factories.make_user(), factories.make_user()
    channel.members.create(person=agent, role="agent")
    channel.members.create(person=viewer, role="viewer")
    gone = factories.make_user(is_staff=True, is_active=False)
    request = ask_in(channel, buyer, state)
    found = [
        " ".join(action.verb for action in selectors.actions_for(request, person))
        for person in (buyer, agent, judge(), viewer, rival, gone)
    ]
    assert found == [*OPENED[state], "", "", ""]


@pytest.mark.parametrize("state", State)
def test_what_the_table_opens_works_and_all_else_is_refused(channel, buyer, seller, rival, state):
    """For each verb and each person: the service agrees with actions_for, and a refusal leaves no trace."""
    agent, viewer = factories.make_user(), factories.make_user()
    channel.members.create(person=agent, role="agent")
    channel.members.create(person=viewer, role="viewer")
    request = ask_in(channel, buyer, state)
    before = (request.state, request.version, money(request))
    for person in (buyer, seller, agent, viewer, rival, judge()):
        opened = {action.verb for action in selectors.actions_for(request, person)}
        for verb, call in CALLS.items():
            if verb in opened:
                continue
            with pytest.raises(payments.NotAllowed):
                call(request, person)
        assert opened == {verb for verb in opened if state in BY_VERB[verb].sources}
        assert (person in (viewer, rival)) <= (opened == set())
    request = fresh(request)
    assert (request.state, request.version, money(request)) == before


@pytest.mark.parametrize("state", State)
def test_each_open_verb_can_be_done(channel, buyer, seller, state):
    """What a page offers as a button does not fail."""
    request = ask_in(channel, buyer, state)
    for person in (buyer, seller):
        for verb in {action.verb for action in selectors.actions_for(request, person)} & CALLS.keys():
            with transaction.atomic():
                CALLS[verb](fresh(request), person)
                check_now()
                transaction.set_rollback(True)


def test_actions_cost_the_same_whatever_is_open(request_: MoneyRequest, buyer, seller, django_assert_num_queries):
    request = pay(request_)
    with django_assert_num_queries(1):
        assert [action.verb for action in selectors.actions_for(request, buyer)] == ["release", "ask_refund"]
    with django_assert_num_queries(2):
        verbs = [action.verb for action in selectors.actions_for(request, seller)]
    assert verbs == ["ship", "refund", "offer_refund"]


def test_the_address_is_the_sellers_to_see_once_it_is_paid(request_: MoneyRequest, buyer, seller, rival):
    address = {"name": "Sara", "city": "Portland"}
    request = payments.give_address(request=request_, by=buyer, address=address, key=key())
    assert selectors.visible_address(request, buyer) == address
    assert selectors.visible_address(request, seller) is None
    request = pay(request)
    assert selectors.visible_address(request, seller) == address
    assert selectors.visible_address(request, rival) is None
    with pytest.raises(payments.NotAllowed):
        payments.give_address(request=request, by=buyer, address={"name": "Another"}, key=key())


def test_strangers_find_nothing(request_: MoneyRequest, rival, seller):
    with pytest.raises(MoneyRequest.DoesNotExist):
        selectors.get_request_for(rival, request_.token)
    assert selectors.get_request_for(seller, request_.token) == request_
    assert owner(request_.channel) == seller
