"""What this room keeps of people (core.personal_data), and what becomes of channels whose owner leaves."""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.personal_data import Fate, Kept, before_erasing, keep, not_personal, refuses_erasing
from sellers import services
from sellers.models import (
    BulkEdit,
    Channel,
    ChannelExport,
    ChannelMember,
    ChannelTransition,
    Follow,
    Import,
    ImportTransition,
    Like,
    ListingStep,
    Post,
    PostEdit,
    Role,
    Save,
)

keep(
    Kept(ChannelMember, "person", gettext_lazy("Teams you belong to"), Fate.DELETED, ("channel__handle", "role")),
    Kept(Follow, "person", gettext_lazy("Channels you follow"), Fate.DELETED, ("channel__handle", "followed_at")),
    Kept(Like, "person", gettext_lazy("Posts you liked"), Fate.DELETED, ("post_id", "liked_at")),
    Kept(Save, "person", gettext_lazy("Things you saved"), Fate.DELETED, ("product_id", "product__title", "saved_at")),
    Kept(
        Post,
        "author",
        gettext_lazy("Posts you wrote for a channel"),
        Fate.NAMELESS,
        ("channel__handle", "text", "state", "created_at", "published_at"),
        emptied={"author": None},
    ),
    Kept(
        PostEdit,
        "by",
        gettext_lazy("Edits you made"),
        Fate.NAMELESS,
        ("post_id", "version", "at"),
        emptied={"by": None},
    ),
    Kept(
        BulkEdit,
        "by",
        gettext_lazy("Edits of many products"),
        Fate.NAMELESS,
        ("channel__handle", "kind", "value", "created_at"),
        emptied={"by": None},
    ),
    Kept(BulkEdit, "undone_by", gettext_lazy("Edits you took back"), Fate.NAMELESS, emptied={"undone_by": None}),
    Kept(
        Import,
        "created_by",
        gettext_lazy("Imports"),
        Fate.NAMELESS,
        ("channel__handle", "kind", "name", "created_at"),
        emptied={"created_by": None},
    ),
    Kept(
        ChannelExport,
        "created_by",
        gettext_lazy("Channels you took along"),
        Fate.NAMELESS,
        ("channel__handle", "created_at"),
        emptied={"created_by": None},
    ),
)
not_personal(ChannelTransition, "by")
not_personal(ImportTransition, "by")
not_personal(ListingStep, "by")


def _owned(person: User) -> list[Channel]:
    return list(Channel.objects.of_member(person.pk, Role.OWNER).order_by("pk"))


@refuses_erasing
def with_a_team(person: User) -> Iterator[str]:
    """A team is not left without its channel overnight."""
    for channel in _owned(person):
        if channel.members.exclude(person=person).exists():
            yield _("Others work in {name}. Hand it over to one of them first.").format(name=channel.name)


@before_erasing
def close_channels(person: User) -> None:
    """Counters follow the rows that go; channels that were hers alone close, without a way to reach her."""
    Channel.objects.filter(follows__person=person).update(follower_count=F("follower_count") - 1)
    Post.objects.filter(likes__person=person).update(like_count=F("like_count") - 1)
    for channel in _owned(person):
        if channel.is_visible():
            services.suspend_channel(channel=channel, by=person, reason="The owner's account was deleted.")
        Channel.objects.filter(pk=channel.pk).update(public_email="", public_phone="", public_link="")
