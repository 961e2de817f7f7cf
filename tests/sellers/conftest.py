"""A channel with people in it."""

import pytest

from sellers.models import BulkEdit, ChannelMember
from tests.factories import make_post, make_user


@pytest.fixture
def house(channel):
    """The channel with a full team, a viewer to act upon, a post and a bulk edit."""
    people = {"owner": channel.members.get().person}
    for role in ("manager", "agent", "viewer"):
        people[role] = make_user(display_name=role)
        ChannelMember.objects.create(channel=channel, person=people[role], role=role)
    other = ChannelMember.objects.create(channel=channel, person=make_user(), role="viewer")
    return {
        "channel": channel,
        "people": people,
        "member": other,
        "post": make_post(channel, publish="draft"),
        "bulk": BulkEdit.objects.create(channel=channel, kind="archive", language="en"),
    }
