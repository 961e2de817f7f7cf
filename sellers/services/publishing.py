"""Scheduled posts go out by themselves."""

from django.db import transaction

from sellers.models import Channel, Post, Product
from sellers.services import approving
from sellers.services.listing import refresh_listing

State = Post.State


@transaction.atomic
def _publish_due_of(channel_id: int) -> int:
    """Publishes what is due in one channel; another worker at the same channel leaves it to us."""
    channel = Channel.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=channel_id).first()
    if channel is None:
        return 0
    due = Post.objects.due().filter(channel=channel_id).order_by("publish_at", "pk")
    posts = list(due.select_for_update(no_key=True, skip_locked=True)[:500])
    products = set(Product.objects.filter(post__in=posts).values_list("post", flat=True))
    held = products if products and approving.has_to_wait(channel) else set()
    for post in posts:
        post.state = State.WAITING if post.pk in held else State.PUBLISHED
        # The promised time, not the worker's: a late worker keeps the order of the stream.
        post.published_at, post.publish_at = post.publish_at, None
    Post.objects.bulk_update(posts, ["state", "published_at", "publish_at"])
    approving.open_checks(posts, by=None)
    refresh_listing(list(Product.objects.filter(post__in=posts).order_by("pk").values_list("pk", flat=True)))
    return len(posts)


def publish_due_posts() -> int:
    """Publishes each scheduled post whose time has come, exactly once however many workers try; returns how many."""
    channels = Post.objects.due().order_by("channel").values_list("channel", flat=True).distinct()
    return sum(_publish_due_of(channel) for channel in list(channels))
