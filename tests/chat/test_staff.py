"""Staff read what was said only to decide a dispute, and every look is kept."""

import pytest

from chat import services as chat
from chat.selectors import has_open_dispute
from core.models import AuditEntry
from payments import services as payments
from payments.models import MoneyRequest
from tests.factories import make_user
from tests.payments.market import bring_to, dispute_of, fill_wallet, judge, key


@pytest.fixture
def disputed(talk, seller, shopper) -> MoneyRequest:
    fill_wallet(shopper, 500_00)
    chat.send_message(conversation=talk, author=shopper, text="The lid is broken")
    lines = [payments.Line("Teal teapot", 100_00)]
    card = chat.request_money(conversation=talk, by=seller, lines=lines, key=key())
    return bring_to(card.money, "disputed")


def test_reading_takes_a_reason_and_is_logged(talk, disputed, staff, staff_client):
    url = f"/admin/chat/conversation/{talk.pk}/read/"
    for answer in (staff_client.get(url), staff_client.post(url, {"because": " "})):
        assert (answer.status_code, "The lid is broken" in answer.content.decode()) == (200, False)
    assert AuditEntry.objects.filter(verb="read").count() == 0
    for _ in range(2):
        assert "The lid is broken" in staff_client.post(url, {"because": "To decide"}).content.decode()
    entry = AuditEntry.objects.filter(verb="read").last()
    assert AuditEntry.objects.filter(verb="read").count() == 2
    assert (entry.actor_pk, entry.subject_type, entry.subject_pk) == (str(staff.pk), "chat.conversation", str(talk.pk))
    assert (entry.reason, entry.data) == ("To decide", {"requests": [disputed.token], "messages": 2})
    listed = staff_client.get(f"/admin/chat/conversation/?q={disputed.token}").content.decode()
    assert url in listed


def test_without_an_open_dispute_there_is_nothing_to_read(talk, disputed, staff_client):
    url = f"/admin/chat/conversation/{talk.pk}/read/"
    assert has_open_dispute(talk)
    payments.propose_decision(dispute=dispute_of(disputed), by=judge(), decision="release", reason="Fine", key=key())
    assert not has_open_dispute(talk)
    assert staff_client.post(url, {"because": "Curious"}).status_code == 404
    assert url not in staff_client.get("/admin/chat/conversation/").content.decode()
    assert AuditEntry.objects.filter(verb="read").count() == 0


def test_a_dispute_about_another_talk_opens_none(talk, disputed, channel, shopper):
    other = chat.open_conversation(shopper=shopper, channel=channel)
    with pytest.raises(chat.NotAllowed):
        chat.read_as_staff(conversation=other, by=judge(), because="Curious")
    assert AuditEntry.objects.filter(verb="read").count() == 0


@pytest.mark.parametrize("who", ["stranger", "shopper", "seller"])
def test_only_staff_who_are_no_party_read(talk, disputed, shopper, seller, who):
    person = {"stranger": make_user(), "shopper": shopper, "seller": seller}[who]
    person.is_staff = who != "stranger"
    person.save()
    with pytest.raises(chat.NotAllowed):
        chat.read_as_staff(conversation=talk, by=person, because="Mine")
    assert AuditEntry.objects.filter(verb="read").count() == 0
