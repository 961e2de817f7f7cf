"""Following, liking, saving: each may be asked twice and counts once."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from sellers.models import Channel, Follow, Like, Post, Product, Save

_FOLLOW = """
INSERT INTO sellers_follow (person_id, channel_id, is_muted, followed_at) VALUES (%s, %s, false, %s)
ON CONFLICT DO NOTHING
"""
_LIKE = "INSERT INTO sellers_like (person_id, post_id, liked_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_SAVE = "INSERT INTO sellers_save (person_id, product_id, saved_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def _insert(statement: str, person: User, pk: int, at: dt.datetime | None) -> bool:
    """Whether a row was added; another's same row at the same moment is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [person.pk, pk, at or timezone.now()])
        return bool(cursor.rowcount)


@transaction.atomic
def follow(*, person: User, channel: Channel, at: dt.datetime | None = None) -> bool:
    """Follows; True if this is new. ``at`` backdates."""
    if not _insert(_FOLLOW, person, channel.pk, at):
        return False
    Channel.objects.filter(pk=channel.pk).update(follower_count=F("follower_count") + 1)
    return True


@transaction.atomic
def unfollow(*, person: User, channel: Channel) -> bool:
    if not Follow.objects.filter(person=person, channel=channel).delete()[0]:
        return False
    Channel.objects.filter(pk=channel.pk).update(follower_count=F("follower_count") - 1)
    return True


def mute(*, person: User, channel: Channel) -> bool:
    """Keeps following, without its posts in the feed."""
    return bool(Follow.objects.filter(person=person, channel=channel, is_muted=False).update(is_muted=True))


def unmute(*, person: User, channel: Channel) -> bool:
    return bool(Follow.objects.filter(person=person, channel=channel, is_muted=True).update(is_muted=False))


@transaction.atomic
def like(*, person: User, post: Post, at: dt.datetime | None = None) -> bool:
    """Likes; True if this is new. ``at`` backdates."""
    if not _insert(_LIKE, person, post.pk, at):
        return False
    Post.objects.filter(pk=post.pk).update(like_count=F("like_count") + 1)
    return True


@transaction.atomic
def unlike(*, person: User, post: Post) -> bool:
    if not Like.objects.filter(person=person, post=post).delete()[0]:
        return False
    Post.objects.filter(pk=post.pk).update(like_count=F("like_count") - 1)
    return True


def save(*, person: User, product: Product, at: dt.datetime | None = None) -> bool:
    """Puts a heart on a product; True if this is new. ``at`` backdates."""
    return _insert(_SAVE, person, product.pk, at)


def unsave(*, person: User, product: Product) -> bool:
    return bool(Save.objects.filter(person=person, product=product).delete()[0])


@transaction.atomic
def merge_guest(*, person: User, saved_product_ids: list[int], followed_channel_ids: list[int]) -> None:
    """What a guest saved and followed becomes hers; unknown and hidden ids are ignored."""
    products = Product.objects.listed().filter(pk__in=saved_product_ids)
    Save.objects.bulk_create((Save(person=person, product=product) for product in products), ignore_conflicts=True)
    for channel in Channel.objects.visible().filter(pk__in=followed_channel_ids).order_by("pk"):
        follow(person=person, channel=channel)
