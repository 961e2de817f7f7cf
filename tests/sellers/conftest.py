"""A channel with people in it."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from sellers.models import BulkEdit, ChannelExport, ChannelMember, Delivery, Hook, Import
from tests.factories import make_post, make_user


@pytest.fixture
def house(channel):
    """The channel with a full team, a viewer to act upon, and one of all else that addresses name."""
    people = {"owner": channel.members.get().person}
    for role in ("manager", "agent", "viewer"):
        people[role] = make_user(display_name=role)
        ChannelMember.objects.create(channel=channel, person=people[role], role=role)
    other = ChannelMember.objects.create(channel=channel, person=make_user(), role="viewer")
    hook = Hook.objects.create(channel=channel, url="https://shop.example/", events=["stock.low"])
    return {
        "channel": channel,
        "people": people,
        "member": other,
        "post": make_post(channel, publish="draft"),
        "bulk": BulkEdit.objects.create(channel=channel, kind="archive", language="en"),
        "import": Import.objects.create(channel=channel, kind="telegram", state="done"),
        "export": ChannelExport.objects.create(
            channel=channel,
            state="ready",
            file=storages["private"].save("exports/house.zip", ContentFile(b"PK")),
            ready_at=timezone.now(),
            expires_at=timezone.now() + dt.timedelta(days=1),
        ),
        "hook": hook,
        "delivery": Delivery.objects.create(hook=hook, event="stock.low", key="1", payload={}),
    }
