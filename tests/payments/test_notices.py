"""Who is told what about money, once; and reminders before time runs out."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage
from news import kinds
from news.models import News
from payments import notices
from payments import services as payments
from payments.models import Alert, Dispute, MoneyRequest, RequestTransition
from sellers.models import ChannelMember
from tests.factories import make_user
from tests.payments.market import STEPS, ask, bring_to, fresh, key, owner


def deliver() -> None:
    outbox.deliver_due()
    assert OutboxMessage.objects.exclude(last_error="").count() == 0


def about_money():
    return News.objects.filter(kind__in=kinds.names_in("money")).order_by("pk")


def told(person) -> list[str]:
    return list(about_money().filter(person=person).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("state", "buyers", "sellers"),
    [
        ("requested", ["money_asked"], []),
        ("declined", ["money_asked"], ["request_declined"]),
        ("cancelled", ["money_asked", "request_cancelled"], []),
        ("expired", ["money_asked", "request_expired"], ["request_expired"]),
        ("released", ["money_asked", "money_held", "money_shipped"], ["money_paid", "money_released"]),
        ("delivered", ["money_asked", "money_held", "money_shipped"], ["money_paid", "money_delivered"]),
        ("refunded", ["money_asked", "money_held", "money_refunded"], ["money_paid"]),
        (
            "split",
            ["money_asked", "money_held", "money_shipped", "evidence_asked", "dispute_decided"],
            ["money_paid", "refund_asked", "dispute_opened", "evidence_asked", "dispute_decided"],
        ),
    ],
)
def test_each_side_hears_what_it_did_not_do_itself(request_, seller, buyer, state, buyers, sellers):
    bring_to(request_, state)
    deliver()
    assert (told(buyer), told(seller)) == (buyers, sellers)
    for transition in RequestTransition.objects.select_related("request__channel", "request__buyer"):
        notices.tell_transition(transition)
    assert (told(buyer), told(seller)) == (buyers, sellers)


def test_every_kind_has_its_words_and_its_page(request_, seller, buyer):
    bring_to(request_, "split")
    deliver()
    for news in about_money():
        assert "{" not in f"{news.words.title}{news.words.body}"
        assert news.url == request_.get_absolute_url()
    assert News.objects.get(person=seller, kind="money_paid").words.title == f"{buyer.display_name} paid $100"


def test_of_the_team_those_hear_who_may_act(request_, channel):
    people = {role: make_user() for role in ("manager", "agent", "viewer")}
    for role, person in people.items():
        ChannelMember.objects.create(channel=channel, person=person, role=role)
    bring_to(request_, "held")
    deliver()
    assert {role: told(person) for role, person in people.items()} == {
        "manager": ["money_paid"],
        "agent": ["money_paid"],
        "viewer": [],
    }


def test_of_a_draft_the_buyer_hears_when_it_is_sent(channel, buyer, seller):
    kept, dropped = (ask(channel, buyer, as_draft=True) for _ in range(2))
    payments.cancel_request(request=dropped, by=seller, key=key())
    deliver()
    assert told(buyer) == []
    payments.send_request(request=kept, by=seller, key=key())
    deliver()
    assert (told(buyer), told(seller)) == (["money_asked"], [])


@pytest.mark.parametrize(
    ("answer", "kind", "title"),
    [
        (payments.accept_offer, "offer_accepted", "Sara took $10 back"),
        (payments.decline_offer, "offer_declined", "Sara said no to $10 back"),
    ],
)
def test_the_team_hears_how_an_offer_was_answered(request_, seller, buyer, answer, kind, title):
    bring_to(request_, "shipped")
    offer = payments.offer_partial_refund(request=fresh(request_), by=seller, amount_minor=10_00, key=key())
    answer(offer=offer, by=buyer, key=key())
    deliver()
    assert (told(buyer)[-1], told(seller)[-1]) == ("refund_offered", kind)
    assert News.objects.get(kind=kind).words.title == title


def test_the_team_hears_that_no_refund_is_wanted_any_more(request_, seller, buyer):
    payments.withdraw_refund(request=bring_to(request_, "refund_requested"), by=buyer, key=key())
    deliver()
    assert (told(buyer)[-1], told(seller)[-1]) == ("money_shipped", "refund_withdrawn")


def test_an_offer_and_a_payout_are_told(request_, channel, seller, buyer, staff):
    bring_to(request_, "shipped")
    payments.offer_partial_refund(request=fresh(request_), by=seller, amount_minor=10_00, key=key())
    deliver()
    offered = News.objects.get(kind="refund_offered")
    assert (offered.person, offered.words.title) == (buyer, "Saffron & Clay offers you $10 back")
    STEPS["release"](fresh(request_))
    destination = {"holder": "Mina", "account": "DE1"}
    payout = payments.request_payout(channel=channel, by=seller, amount_minor=20_00, destination=destination, key=key())
    payments.make_payout_file(currency="USD", by=staff, key=key())
    payments.return_payout(payout=payout, by=staff, reason="Closed", key=key())
    deliver()
    assert told(seller)[-2:] == ["payout_sent", "payout_returned"]


@pytest.mark.parametrize(
    ("state", "kind", "is_buyer"),
    [
        ("requested", "payment_expires", True),
        ("held", "ship_by", False),
        ("shipped", "release_due", True),
        ("refund_requested", "refund_answer_due", False),
    ],
)
def test_a_deadline_is_told_a_day_before_and_once(
    request_, seller, buyer, state, kind, is_buyer, django_assert_num_queries
):
    bring_to(request_, state)
    assert notices.remind() == 0
    due_at = timezone.now() + dt.timedelta(hours=23)
    MoneyRequest.objects.filter(pk=request_.pk).update(due_at=due_at)
    assert [notices.remind(), notices.remind()] == [1, 0]
    found = News.objects.get(kind=kind)
    assert found.person == (buyer if is_buyer else seller)
    assert notices.remind(now=due_at) == 0
    with django_assert_num_queries(2):  # nobody is looked at again: the requests, the disputes
        notices.remind()
    MoneyRequest.objects.filter(pk=request_.pk).update(due_at=due_at - dt.timedelta(hours=1))
    assert [notices.remind(), notices.remind()] == [1, 0]


def test_evidence_is_asked_again_of_who_has_shown_none(channel, request_, seller, buyer):
    bring_to(request_, "disputed")
    dispute = Dispute.objects.get()
    payments.add_evidence(dispute=dispute, by=buyer, text="Broken", key=key())
    now = dispute.evidence_until - dt.timedelta(hours=5)
    assert [notices.remind(now=now), notices.remind(now=now)] == [1, 0]
    assert [news.person for news in News.objects.filter(kind="evidence_due")] == [seller]


def test_news_shares_the_fate_of_its_transition(request_, buyer, monkeypatch):
    """What fails in one room is tried again in all of them."""
    ask(request_.channel, buyer)
    monkeypatch.setattr(notices, "STEPS", {"request": (("buyer", "no_such_kind"),)})
    outbox.deliver_due(seconds=1)
    assert (told(buyer), OutboxMessage.objects.filter(attempts=1, state="waiting").count()) == ([], 2)
    assert owner(request_.channel) != buyer


def test_what_was_given_up_is_an_alert_until_it_is_told(request_, staff, capsys):
    """The money moved and nobody heard of it: the nightly proof says so, and staff try again."""
    OutboxMessage.objects.update(state="failed", attempts=15, last_error="Broken: no")
    with pytest.raises(CommandError, match="1 of 11"):
        call_command("reconcile")
    pk = RequestTransition.objects.get().pk
    assert f"payments.transition {pk} after 15 attempts: Broken: no" in capsys.readouterr().err
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == ("untold", "what follows a step is done")
    outbox.retry(OutboxMessage.objects.all())
    deliver()
    call_command("reconcile")
