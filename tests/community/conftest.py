"""Two checked sellers, a topic of the first, and the team."""

import pytest
from django.utils import timezone

from sellers.models import Channel


def check(channel):
    """What staff's *checked* leaves, in one statement."""
    Channel.objects.filter(pk=channel.pk).update(verified_at=timezone.now())
    channel.refresh_from_db()
    return channel


@pytest.fixture
def checked(channel):
    return check(channel)


@pytest.fixture
def rival_checked(rival_channel):
    return check(rival_channel)


@pytest.fixture
def topic(checked, seller):
    from community import services as community

    return community.open_topic(by=seller, title="Labels for parcels", text="Can I print them here?")
