"""Lists and threads: order, pages, filters, search, a constant number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from chat import selectors
from chat import services as chat
from chat.models import Conversation
from chat.selectors import InboxFilter
from chat.selectors import inbox as inboxes
from chat.selectors import messages as threads
from sellers.models import ChannelMember
from tests.factories import make_picture, make_product_post, make_user

NOW = timezone.now()


def begin(channel, *, name="Sara", text="Hello", product=None, minutes_ago=0) -> Conversation:
    """Somebody wrote to the channel."""
    shopper = make_user(display_name=name)
    talk = chat.open_conversation(shopper=shopper, channel=channel, product=product)
    at = NOW - dt.timedelta(minutes=minutes_ago)
    chat.send_message(conversation=talk, author=shopper, text=text, at=at)
    talk.refresh_from_db()
    return talk


def listed(channel, person, **wanted) -> list[Conversation]:
    return list(selectors.get_team_inbox(channel, person, InboxFilter(**wanted)).rows)


def test_a_team_sees_the_newest_word_first_and_pages_by_keyset(channel, seller, monkeypatch):
    monkeypatch.setattr(inboxes, "PAGE", 2)
    same = [begin(channel, minutes_ago=5) for _ in range(3)]  # at one moment: the id decides
    newest, oldest = begin(channel), begin(channel, minutes_ago=9)
    expected, found, after = [newest, *same[::-1], oldest], [], ""
    for _ in range(3):
        page = selectors.get_team_inbox(channel, seller, InboxFilter(), after=after)
        found, after = found + list(page.rows), page.next_cursor
    assert (found, after) == (expected, "")


def test_filters(channel, seller, rival_channel):
    first, second = begin(channel, minutes_ago=1), begin(channel)
    begin(rival_channel)
    label = chat.add_label(channel=channel, name="Urgent", hue=1)
    chat.set_labels(conversation=first, by=seller, labels=[label])
    chat.assign(conversation=first, by=seller, to=seller)
    chat.mark_read(conversation=second, person=seller, up_to=second.last_message_id)
    assert listed(channel, seller) == [second, first]
    assert listed(channel, seller, show="unread") == [first]
    assert listed(channel, seller, show="mine") == [first]
    assert listed(channel, seller, show="unassigned") == [second]
    assert listed(channel, seller, label=label) == [first]
    chat.archive(conversation=first, by=seller)
    assert (listed(channel, seller), listed(channel, seller, show="archived")) == ([second], [first])


def test_search_finds_names_things_and_words_in_any_spelling(channel, seller, rival_channel):
    pot = make_product_post(channel, title="قوری كوچك ۲").product
    named, thing = begin(channel, name="Zahra Kazemi", minutes_ago=2), begin(channel, product=pot, minutes_ago=1)
    said = begin(channel, text="Is it GLAZED inside?")
    begin(rival_channel, text="glazed")
    assert listed(channel, seller, words="kazemi") == [named]
    assert listed(channel, seller, words="قوری  کوچک 2") == [thing]
    assert listed(channel, seller, words="glazed") == [said]
    assert listed(channel, seller, words="100%") == []


def test_an_unbegun_conversation_is_listed_nowhere(talk, seller, shopper, channel):
    assert (listed(channel, seller), selectors.get_own_inbox(shopper).rows) == ([], [])


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_a_constant_number_of_queries(channel, seller, count, django_assert_num_queries):
    label = chat.add_label(channel=channel, name="Urgent", hue=1)
    for _ in range(count):
        talk = begin(channel, product=make_product_post(channel).product)
        chat.set_labels(conversation=talk, by=seller, labels=[label])
    with django_assert_num_queries(3):
        page = selectors.get_team_inbox(channel, seller, InboxFilter())
        for row in page.rows:
            assert (row.shopper.display_name, row.product.cover_id > 0, len(row.labels.all())) == ("Sara", True, 1)
    with django_assert_num_queries(2):
        assert selectors.count_unread(seller) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_thread_asks_two_queries(talk, shopper, count, django_assert_num_queries):
    for _ in range(count):
        chat.send_message(conversation=talk, author=shopper, text="x", pictures=[make_picture(), make_picture()])
    seat = selectors.get_seat(shopper, talk.pk)
    with django_assert_num_queries(2):
        thread = selectors.get_messages(seat)
        assert [len(line.message.pictures.all()) for line in thread.lines] == [2] * count


def test_a_thread_in_pages_days_and_groups(talk, shopper, seller, monkeypatch):
    monkeypatch.setattr(threads, "PAGE", 3)
    noon = NOW.replace(hour=12, minute=0)
    moments = [noon - dt.timedelta(days=1), *(noon + dt.timedelta(minutes=m) for m in (0, 1, 2, 30))]
    speakers = [shopper, shopper, shopper, seller, seller]
    said = [
        chat.send_message(conversation=talk, author=who, text="x", at=at)
        for who, at in zip(speakers, moments, strict=True)
    ]
    chat.mark_read(conversation=talk, person=seller, up_to=said[1].pk)
    seat = selectors.get_seat(shopper, talk.pk)
    newest = selectors.get_messages(seat)
    assert [line.message for line in newest.lines] == said[2:]
    assert (newest.earlier, newest.last_id) == (said[2].pk, said[4].pk)
    assert [(line.is_mine, line.is_close, line.day is None) for line in newest.lines] == [
        (True, True, True),
        (False, False, True),
        (False, False, True),  # half an hour later
    ]
    older = selectors.get_messages(seat, before=newest.earlier)
    assert [(line.message, line.day, line.is_read) for line in older.lines] == [
        (said[0], moments[0].date(), True),
        (said[1], moments[1].date(), True),
    ]
    assert older.earlier == 0
    since = selectors.get_messages(seat, after=said[0].pk)
    assert [(line.message, line.day is not None) for line in since.lines] == [
        (said[1], True), (said[2], False), (said[3], False), (said[4], False),
    ]  # fmt: skip


def test_unread_counts_a_persons_own_and_her_teams(talk, shopper, seller, channel, rival_channel):
    agent, viewer = make_user(), make_user()
    for person, role in ((agent, "agent"), (viewer, "viewer")):
        ChannelMember.objects.create(channel=channel, person=person, role=role)
    chat.send_message(conversation=talk, author=shopper, text="1")
    chat.send_message(conversation=talk, author=shopper, text="2")
    chat.send_message(conversation=talk, author=seller, text="3")
    own = chat.open_conversation(shopper=agent, channel=rival_channel)
    chat.send_message(conversation=own, author=rival_channel.members.get().person, text="4")
    assert [selectors.count_unread(person) for person in (shopper, seller, agent, viewer)] == [1, 2, 3, 0]
    assert [one.waiting for one in selectors.get_team_inboxes(agent)] == [2]


def test_the_inbox_walks_its_own_index(channel, seller):
    begin(channel)
    rows = Conversation.objects.filter(channel=channel, is_archived=False).begun()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.order_by("-last_message_at", "-id")[:31].explain()
    assert "conversation_team_inbox" in plan
    assert "Sort" not in plan
