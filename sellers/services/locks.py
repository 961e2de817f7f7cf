"""One order of locks, so that two services never wait for each other: channel, then post, then product."""

from django.utils.translation import gettext as _

from sellers.models import Channel, Post
from sellers.services.errors import NotAllowed


def lock_channel(pk: int) -> Channel:
    """The channel as it is now, ours until the transaction ends; new rows may still point to it."""
    return Channel.objects.select_for_update(no_key=True).get(pk=pk)


def lock_post(post: Post) -> Post:
    """The post as it is now with its product, locked after its channel; raises NotAllowed if it is gone."""
    channel = lock_channel(post.channel_id)
    posts = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("product__category")
    locked = posts.filter(pk=post.pk).first()
    if locked is None:
        raise NotAllowed(_("This post has been deleted."))
    locked.channel = channel
    return locked
