"""The demo's storekeepers group fits its channels, and every line of it is one."""

import datetime as dt

import pytest

from community.models import Idea, Poll
from community.models.ideas import MAX_REASON
from community.models.polls import MAX_OPTION, MOST_OPTIONS
from demo import content
from demo.content import ContentError, Source
from demo.group import TEAM, make_group
from tests.community.conftest import check
from tests.factories import make_channel


@pytest.mark.parametrize("language", content.languages())
def test_topics_name_checked_channels_and_fit(language: str):
    known = {channel.key for channel in content.load(language).channels if channel.is_verified} | {TEAM}
    topics = Source.read(f"{language}/group.toml").each("topics")
    assert len(topics) >= 6
    for topic in topics:
        idea, poll = topic.values.get("idea", {}), topic.values.get("poll", {})
        said = topic.values.get("replies", [])
        speakers = {topic.text("by"), *(who for who, _, _ in said), *idea.get("votes", []), *poll.get("votes", {})}
        assert speakers - known == set()
        assert idea.get("reply", 0) <= len(said)
        assert all(len(why) <= MAX_REASON for _, _, why in idea.get("steps", []))
        assert max(map(len, poll.get("options", [""]))) <= MAX_OPTION
        assert len(poll.get("options", [])) <= MOST_OPTIONS
        assert all(0 <= place < len(poll["options"]) for place in poll.get("votes", {}).values())
    assert sum("poll" in topic.values for topic in topics) == 1
    assert sum("idea" in topic.values for topic in topics) >= 2


def test_the_group_is_made_through_its_services(staff, django_assert_max_num_queries):
    text = content.load("en")
    channels = {said.key: check(make_channel(language="en")) for said in text.channels if said.is_verified}
    with django_assert_max_num_queries(900):
        make_group(text, channels=channels, staff=staff, now=dt.datetime.now(dt.UTC))
    assert sorted(Idea.objects.values_list("status", "vote_count")) == [("building", 7), ("declined", 2), ("heard", 4)]
    assert Poll.objects.get().vote_count == 6


def test_a_stranger_is_named(staff):
    with pytest.raises(ContentError, match="nobody is called 'saffron-clay'"):
        make_group(content.load("en"), channels={}, staff=staff, now=dt.datetime.now(dt.UTC))
