"""Many votes and replies at once: each person counts once, and counts agree with the rows."""

import datetime as dt
import os

import pytest
from django.utils import timezone

from community import services as community
from community.models import IdeaVote, PollVote, Reply
from tests.community.conftest import check
from tests.factories import make_channel, make_user
from tests.prove.test_races import at_once

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
ROUNDS = 1 if os.environ.get("SHORT") == "1" else 3


@pytest.fixture
def people(seller, channel):
    """The seller and three others, all checked."""
    check(channel)
    others = [make_user() for _ in range(3)]
    for person in others:
        check(make_channel(owner=person))
    return [seller, *others]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_votes_for_an_idea_count_once(round_: int, people, staff):
    topic = community.open_topic(by=people[0], title="T", text="t")
    idea = community.make_idea(reply=topic.replies.get(), by=staff, title="I")
    assert at_once(lambda number: community.vote_for_idea(idea=idea, by=people[number % 4]), 16) == []
    idea.refresh_from_db()
    assert (idea.vote_count, IdeaVote.objects.count()) == (4, 4)
    assert at_once(lambda number: community.take_vote_back(idea=idea, by=people[number % 2]), 8) == []
    idea.refresh_from_db()
    assert (idea.vote_count, IdeaVote.objects.count()) == (2, 2)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_moved_vote_never_counts_twice(round_: int, people):
    poll = community.NewPoll("Q", ["a", "b", "c"], timezone.now() + dt.timedelta(days=1))
    topic = community.open_topic(by=people[0], title="T", text="t", poll=poll)
    options = list(topic.poll.options.order_by("position"))

    def vote(number: int) -> None:
        community.vote_in_poll(option=options[number % 3], by=people[number % 4])

    assert at_once(vote, 24) == []
    topic.poll.refresh_from_db()
    counted = [PollVote.objects.filter(option=option).count() for option in options]
    assert [option.vote_count for option in topic.poll.options.order_by("position")] == counted
    assert (topic.poll.vote_count, sum(counted)) == (4, 4)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_replies_at_once_are_all_counted_and_one_send_is_one(round_: int, people):
    topic = community.open_topic(by=people[0], title="T", text="t")
    assert at_once(lambda number: community.reply(topic=topic, by=people[number % 4], text=f"{number}"), 12) == []
    topic.refresh_from_db()
    assert (topic.reply_count, topic.last_reply_id) == (12, Reply.objects.latest("pk").pk)

    def send_again(_: int) -> None:
        community.reply(topic=topic, by=people[0], text="same", client_id="same")

    assert at_once(send_again, 8) == []
    topic.refresh_from_db()
    assert (topic.reply_count, Reply.objects.filter(client_id="same").count()) == (13, 1)

    def open_again(_: int) -> None:
        community.open_topic(by=people[0], title="U", text="u", client_id="new")

    assert at_once(open_again, 8) == []
    assert Reply.objects.filter(client_id="new").count() == 1
