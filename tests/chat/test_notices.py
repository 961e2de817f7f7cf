"""What waits unread for a minute is news, once for all that waits."""

import datetime as dt

import pytest
from django.utils import timezone

from chat import services as chat
from core import outbox
from core.models import OutboxMessage
from news.models import News
from sellers.models import ChannelMember
from tests.factories import make_user


def a_minute_later() -> None:
    OutboxMessage.objects.filter(state="waiting").update(due_at=timezone.now() - dt.timedelta(seconds=1))
    outbox.deliver_due()
    assert OutboxMessage.objects.exclude(last_error="").count() == 0


def unread():
    return News.objects.unread().filter(kind="message")


def test_words_are_told_once_until_they_are_read(talk, shopper, seller):
    first = chat.send_message(conversation=talk, author=shopper, text="Is it glazed?")
    chat.send_message(conversation=talk, author=shopper, text="Inside?")
    outbox.deliver_due()
    assert unread().count() == 0  # not within the minute
    a_minute_later()
    news = unread().get()
    assert (news.person, news.kind, news.url) == (seller, "message", f"/chats/{talk.pk}/")
    assert (news.words.title, news.words.body) == ("Sara wrote to you", "Teal teapot")
    chat.mark_read(conversation=talk, person=seller, up_to=first.pk + 1)
    news.refresh_from_db()
    assert news.read_at is not None
    chat.send_message(conversation=talk, author=shopper, text="And the lid?")
    a_minute_later()
    assert unread().count() == 1


def test_what_was_read_in_time_is_no_news(talk, shopper, seller):
    message = chat.send_message(conversation=talk, author=seller, text="Inside and out.")
    chat.mark_read(conversation=talk, person=shopper, up_to=message.pk)
    a_minute_later()
    assert unread().count() == 0


@pytest.mark.parametrize("is_taken", [True, False])
def test_who_has_taken_the_talk_hears_of_it_else_the_team(talk, shopper, seller, channel, is_taken):
    agent, viewer = make_user(), make_user()
    for person, role in ((agent, "agent"), (viewer, "viewer")):
        ChannelMember.objects.create(channel=channel, person=person, role=role)
    if is_taken:
        chat.assign(conversation=talk, by=seller, to=agent)
    chat.send_message(conversation=talk, author=shopper, text="Hello")
    a_minute_later()
    assert {news.person for news in unread()} == ({agent} if is_taken else {seller, agent})
