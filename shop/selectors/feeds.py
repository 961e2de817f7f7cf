"""What feeds show, and the ranges that sitemaps are cut into."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Max, Prefetch
from django.db.models.functions import Coalesce, Greatest

from sellers import selectors as sellers
from sellers.models import Channel, Post, PostPicture, Product, Variant
from sellers.selectors import CategoryNode

NEWEST = 30
BATCH = 300


def product_of(post: Post) -> Product | None:
    """The product of a post that was read with it."""
    return getattr(post, "product", None)


def _with_all(pictures: str) -> Prefetch:
    return Prefetch(pictures, PostPicture.objects.select_related("picture").order_by("position"))


def get_posts(channel: Channel) -> list[Post]:
    """A channel's newest posts with product and pictures: two queries."""
    posts = Post.objects.published().filter(channel=channel).select_related("product", "channel")
    return list(posts.prefetch_related(_with_all("pictures")).order_by("-published_at", "-pk")[:NEWEST])


def get_category_posts(node: CategoryNode, market: str) -> list[Post]:
    """Posts of the newest products filed under a category: two queries."""
    leaves = sellers.get_category_tree().leaf_ids(node)
    newest = Product.objects.listed().in_market(market).filter(category__in=leaves)
    picked = newest.order_by("-published_at", "-pk").values("post_id")[:NEWEST]
    posts = Post.objects.filter(pk__in=list(picked.values_list("post_id", flat=True)))
    posts = posts.select_related("product", "channel").prefetch_related(_with_all("pictures"))
    return list(posts.order_by("-published_at", "-pk"))


def get_last_change(handle: str) -> dt.datetime | None:
    """When the newest of what a channel's feed shows was written or changed; None for a channel nobody sees."""
    newest = Post.objects.visible().filter(channel__handle=handle).order_by("-published_at", "-pk")[:NEWEST]
    changed = Greatest("published_at", Coalesce("edited_at", "published_at"))
    moment: dt.datetime | None = Post.objects.filter(pk__in=newest.values("pk")).aggregate(at=Max(changed))["at"]
    return moment


def walk_products(channel: Channel) -> Iterator[Product]:
    """All listed products of a channel with variants and pictures, BATCH at a time by their numbers: however many
    there are, three queries a batch and one batch in memory."""
    listed = Product.objects.listed().filter(channel=channel).select_related("post", "category", "cover")
    listed = listed.prefetch_related(
        _with_all("post__pictures"), Prefetch("variants", Variant.objects.order_by("position", "pk"))
    ).order_by("pk")
    last = 0
    while batch := list(listed.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk
