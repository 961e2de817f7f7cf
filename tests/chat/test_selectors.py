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


@pytest.mark.parametrize("most", [1000, 1])  # by the indexes of words; one conversation after the other
def test_search_finds_names_things_and_words_in_any_spelling(channel, seller, rival_channel, monkeypatch, most):
    monkeypatch.setattr(inboxes, "MOST_FOUND", most)
    pot = make_product_post(channel, title="قوری كوچك ۲").product
    named, thing = begin(channel, name="Zahra Kazemi", minutes_ago=2), begin(channel, product=pot, minutes_ago=1)
    said = begin(channel, text="Is it GLAZED inside?")
    begin(rival_channel, text="glazed")
    assert listed(channel, seller, words="kazemi") == [named]
    assert listed(channel, seller, words="قوری  کوچک 2") == [thing]
    assert listed(channel, seller, words="glazed") == [said]
    assert listed(channel, seller, words="100%") == []
    assert listed(channel, seller, words="e?") == [said]
    assert listed(channel, seller, words="z") == [said, named]  # shorter than what the indexes know
    assert listed(channel, seller, words="hello") == [thing, named]


def test_a_short_word_is_looked_for_in_the_newest_conversations_only(channel, seller, monkeypatch):
    monkeypatch.setattr(inboxes, "MOST_READ", 2)
    old, *newer = [begin(channel, text="ok", minutes_ago=minutes) for minutes in (3, 2, 1)]
    assert listed(channel, seller, words="ok") == newer[::-1]
    chat.send_message(conversation=old, author=old.shopper, text="ok", at=NOW)
    assert listed(channel, seller, words="ok") == [old, newer[1]]


@pytest.mark.parametrize("most", [1000, 1])
def test_search_is_paged_like_the_list(channel, seller, monkeypatch, most):
    monkeypatch.setattr(inboxes, "MOST_FOUND", most)
    monkeypatch.setattr(inboxes, "PAGE", 2)
    expected = [begin(channel, text="Glazed?", minutes_ago=n // 2) for n in range(5)]
    expected.sort(key=lambda talk: (talk.last_message_at, talk.pk), reverse=True)
    begin(channel, text="Painted?")
    found, after = [], ""
    for _ in range(3):
        page = selectors.get_team_inbox(channel, seller, InboxFilter(words="glazed"), after=after)
        found, after = found + list(page.rows), page.next_cursor
    assert (found, after) == (expected, "")


def test_a_common_word_fills_the_page_without_the_indexes(channel, seller, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(inboxes, "PAGE", 2)
    for number in range(3):
        begin(channel, text="Glazed?", minutes_ago=number)
    with django_assert_num_queries(4):  # where the nearest end, those that hold it, the page, labels
        assert len(selectors.get_team_inbox(channel, seller, InboxFilter(words="glazed")).rows) == 2
    with django_assert_num_queries(5):  # where the nearest end, nothing in them, three indexes
        assert selectors.get_team_inbox(channel, seller, InboxFilter(words="kiln")).rows == []


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


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "conversation_team_inbox"),
        ({"channel_unread__gt": 0}, "conversation_team_unread"),
        ({"assignee": 1}, "conversation_team_assigned"),
        ({"assignee": None}, "conversation_team_unassigned"),
        ({"is_archived": True}, "conversation_team_archived"),
    ],
)
def test_each_list_walks_its_own_index(channel, wanted, index):
    rows = Conversation.objects.filter(channel=channel, **{"is_archived": False} | wanted).begun()
    others = [one.name for one in Conversation._meta.indexes if one.name != index]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for other in others:  # of an empty table they cost alike
            cursor.execute(f"DROP INDEX {other}")
    plan = rows.order_by("-last_message_at", "-id").values_list("pk")[:31].explain()
    assert index in plan
    assert "Sort" not in plan
