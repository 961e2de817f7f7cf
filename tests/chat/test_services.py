"""Writing, reading, blocking, reporting."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from chat import services as chat
from chat.models import Conversation, Message, OfficeHours, Report
from chat.services import limits
from sellers.models import ChannelMember
from tests.factories import make_picture, make_product_post, make_user

TALK = ("shopper_unread", "channel_unread")


def unread(talk: Conversation) -> tuple[int, int]:
    """What waits for the shopper, what for the channel."""
    talk.refresh_from_db()
    return talk.shopper_unread, talk.channel_unread


def say(talk, who, text="Hello", **more):
    return chat.send_message(conversation=talk, author=who, text=text, **more)


def test_there_is_one_conversation_of_shopper_channel_and_product(shopper, channel, product):
    first = chat.open_conversation(shopper=shopper, channel=channel, product=product)
    assert chat.open_conversation(shopper=shopper, channel=channel, product=product) == first
    plain = chat.open_conversation(shopper=shopper, channel=channel)
    assert chat.open_conversation(shopper=shopper, channel=channel) == plain
    assert Conversation.objects.count() == 2


def test_the_team_cannot_ask_its_own_channel(seller, channel):
    viewer = make_user()
    ChannelMember.objects.create(channel=channel, person=viewer, role="viewer")
    for person in (seller, viewer):
        with pytest.raises(chat.OwnChannel):
            chat.open_conversation(shopper=person, channel=channel)


def test_the_same_send_twice_is_one_message(talk, shopper):
    first = say(talk, shopper, "Hi", client_id="a")
    again = say(talk, shopper, "Hi", client_id="a")
    assert (first, Message.objects.count(), unread(talk)) == (again, 1, (0, 1))


def test_the_same_id_of_two_people_is_two_messages(talk, shopper, seller):
    say(talk, shopper, client_id="a")
    say(talk, seller, client_id="a")
    assert (Message.objects.count(), unread(talk)) == (2, (1, 1))


def test_a_message_is_the_last_one_and_brings_the_conversation_back(talk, shopper, seller):
    said = say(talk, shopper)
    chat.archive(conversation=talk, by=seller)
    say(talk, seller, "Bye")
    talk.refresh_from_db()
    assert (talk.is_archived, talk.last_message.text) == (True, "Bye")
    last = say(talk, shopper, "Wait")
    talk.refresh_from_db()
    assert (talk.is_archived, talk.last_message, talk.last_message_at) == (False, last, last.sent_at)
    assert said.pk < last.pk


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001, "a\x00b"])
def test_what_cannot_be_said_is_refused(talk, shopper, text):
    with pytest.raises(chat.BadMessage):
        say(talk, shopper, text)
    assert Message.objects.count() == 0


def test_pictures_keep_their_order_and_are_four_at_most(talk, shopper):
    pictures = [make_picture() for _ in range(5)]
    said = say(talk, shopper, "", pictures=pictures[:4][::-1])
    assert [kept.picture for kept in said.pictures.order_by("position")] == pictures[:4][::-1]
    assert said.kind == "pictures"
    with pytest.raises(chat.BadMessage):
        say(talk, shopper, "", pictures=pictures)


def test_only_the_channel_shows_its_own_things(talk, shopper, seller, product, rival_channel):
    assert say(talk, seller, "", product=product).kind == "product"
    foreign = make_product_post(rival_channel).product
    for who, thing in ((shopper, product), (seller, foreign)):
        with pytest.raises(chat.BadMessage):
            say(talk, who, "", product=thing)


def test_strangers_and_viewers_say_nothing(talk, rival, channel):
    viewer = make_user()
    ChannelMember.objects.create(channel=channel, person=viewer, role="viewer")
    for person in (rival, viewer):
        with pytest.raises(chat.NotAllowed):
            say(talk, person)


def test_reading_counts_what_the_other_side_said_since(talk, shopper, seller):
    first, _second = say(talk, shopper, "1"), say(talk, shopper, "2")
    say(talk, seller, "3")
    assert unread(talk) == (1, 2)
    assert chat.mark_read(conversation=talk, person=seller, up_to=first.pk) is True
    assert unread(talk) == (1, 1)
    assert chat.mark_read(conversation=talk, person=seller, up_to=first.pk) is False
    assert chat.mark_read(conversation=talk, person=seller, up_to=10**15) is True
    assert unread(talk) == (1, 0)
    last = say(talk, shopper, "4")
    assert (talk.refresh_from_db(), talk.channel_read_id < last.pk, unread(talk)) == (None, True, (1, 1))


@pytest.mark.parametrize("blocker", ["shopper", "seller"])
def test_a_block_stops_both_in_all_their_conversations(talk, shopper, seller, channel, blocker):
    other = chat.open_conversation(shopper=shopper, channel=channel)
    by = {"shopper": shopper, "seller": seller}[blocker]
    chat.block(conversation=talk, by=by)
    for conversation in (talk, other):
        for person in (shopper, seller):
            with pytest.raises(chat.Blocked):
                say(conversation, person)
    chat.unblock(conversation=other, by=shopper if by == seller else seller)
    with pytest.raises(chat.Blocked):
        say(talk, shopper)
    chat.unblock(conversation=other, by=by)
    assert say(talk, shopper).pk


def test_new_accounts_may_say_less_and_hear_when_to_go_on(talk, shopper):
    for n in range(limits.MESSAGES_A_MINUTE_WHEN_NEW):
        say(talk, shopper, str(n))
    with pytest.raises(chat.TooManyMessages) as refusal:
        say(talk, shopper)
    assert str(refusal.value) == "That was a lot at once. Try again in 1 minute; your words are kept."
    shopper.joined_at = timezone.now() - dt.timedelta(days=4)
    assert say(talk, shopper).pk
    assert Message.objects.count() == limits.MESSAGES_A_MINUTE_WHEN_NEW + 1


def test_a_hand_over_is_said_in_the_thread(talk, seller, channel, shopper):
    agent = make_user(display_name="Ali")
    ChannelMember.objects.create(channel=channel, person=agent, role="agent")
    chat.assign(conversation=talk, by=seller, to=seller)
    assert Message.objects.count() == 0
    chat.assign(conversation=talk, by=seller, to=agent)
    notice = Message.objects.get()
    assert (notice.kind, notice.side, notice.text, unread(talk)) == ("notice", "nobody", "Ali", (0, 0))
    assert talk.assignee == agent
    with pytest.raises(chat.NotAllowed):
        chat.assign(conversation=talk, by=seller, to=shopper)


def closed_now(channel, **more) -> OfficeHours:
    """Hours that begin in an hour and end in two, on the channel's clock."""
    now = timezone.now().astimezone(ZoneInfo("America/New_York"))
    times = [(now + dt.timedelta(hours=hours)).time() for hours in (1, 2)]
    given = {"is_on": True, "days": list(range(7)), "opens_at": times[0], "closes_at": times[1], "text": "Tomorrow!"}
    return chat.set_office_hours(channel=channel, **given | more)


def test_out_of_hours_a_shopper_is_answered_once_in_twelve_hours(talk, shopper, seller, channel):
    closed_now(channel)
    say(talk, shopper, "Anybody?")
    say(talk, shopper, "Hello?")
    answers = Message.objects.filter(is_automatic=True)
    assert [(one.text, one.side, one.author) for one in answers] == [("Tomorrow!", "channel", None)]
    assert unread(talk) == (1, 2)
    Conversation.objects.update(auto_replied_at=timezone.now() - dt.timedelta(hours=13))
    say(talk, shopper, "Still nobody?")
    assert answers.all().count() == 2


def test_an_automatic_answer_is_warned_of_like_any_other(talk, shopper, shopper_client, channel):
    closed_now(channel, text="We sleep. Pay outside Bisat meanwhile.")
    say(talk, shopper, "Anybody?")
    assert Message.objects.get(is_automatic=True).steers_outside is True
    assert shopper_client.get(f"/chats/{talk.pk}/").content.decode().count("Careful: pay through Bisat only.") == 1


def test_within_hours_or_switched_off_nothing_answers_by_itself(talk, shopper, channel):
    hours = closed_now(channel, is_on=False)
    say(talk, shopper)
    hours.is_on, hours.opens_at, hours.closes_at = True, dt.time(0), dt.time(23, 59, 59)
    hours.save()
    say(talk, shopper)
    assert Message.objects.filter(is_automatic=True).count() == 0


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-11-23 21:59", False), ("2026-11-23 22:00", True), ("2026-11-24 01:59", True), ("2026-11-24 02:00", False)],
)
def test_hours_may_pass_midnight(moment, is_open):
    hours = OfficeHours(days=[0], opens_at=dt.time(22), closes_at=dt.time(2))  # Mondays
    assert hours.is_open_at(dt.datetime.fromisoformat(moment)) is is_open


def test_a_report_is_about_one_thing_and_decided_once(talk, shopper, seller, channel, staff):
    said = say(talk, seller, "Pay me")
    first = chat.report(reporter=shopper, reason="spam", message=said)
    again = chat.report(reporter=shopper, reason="fraud", text="Look", message=said)
    assert (first, again.reason, Report.objects.count()) == (again, "fraud", 1)
    with pytest.raises(chat.NotAllowed):
        chat.report(reporter=make_user(), reason="spam", message=said)
    with pytest.raises(chat.NotAllowed):
        chat.decide(report=first, by=seller, state="kept", reason="because")
    with pytest.raises(chat.Refused):
        chat.decide(report=first, by=staff, state="acted", reason=" ")
    chat.decide(report=first, by=staff, state="acted", reason="Warned")
    with pytest.raises(chat.NotAllowed):
        chat.decide(report=first, by=staff, state="kept", reason="Oh")
    assert [(row.to_state, row.by, row.reason) for row in first.transitions.all()] == [("acted", staff, "Warned")]
    assert chat.report(reporter=shopper, reason="spam", message=said).pk != first.pk
