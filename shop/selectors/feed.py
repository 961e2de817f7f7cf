"""The feed's posts: of channels followed and not muted, marked for the feed, newest first."""

from collections.abc import Sequence

from django.db.models import QuerySet

from core.pages import Page
from sellers.models import Channel, Post
from shop.guests import Visitor
from shop.selectors import posts as post_rows
from shop.selectors.person import get_feed_channels

MOST_NEWS = 20  # more than these are fetched by opening the feed anew
SUGGESTED = 6


def _posts(visitor: Visitor) -> QuerySet[Post]:
    return Post.objects.visible().filter(in_feed=True, channel__in=get_feed_channels(visitor))


def get_feed(visitor: Visitor, after: str = "") -> Page[post_rows.PostRow]:
    """One page; raises BadCursor."""
    return post_rows.get_page(_posts(visitor), visitor, after)


def get_newer(visitor: Visitor, since: str) -> list[post_rows.PostRow]:
    """What came above ``since``, newest first; raises BadCursor."""
    posts = post_rows.newer_than(_posts(visitor), since)
    return post_rows.get_rows(posts.order_by("-published_at", "-id")[:MOST_NEWS], visitor)


def count_newer(visitor: Visitor, since: str) -> int:
    """How many came above ``since``, counted up to MOST_NEWS + 1; raises BadCursor."""
    return post_rows.newer_than(_posts(visitor), since)[: MOST_NEWS + 1].count()


def top_of(rows: Sequence[post_rows.PostRow], otherwise: str = "") -> str:
    """The cursor from which the next news is counted."""
    return post_rows.cursor_of(rows[0].post) if rows else otherwise


def get_suggested(visitor: Visitor, market: str) -> list[Channel]:
    """Well-followed channels of the market that the visitor does not follow."""
    channels = Channel.objects.visible().in_market(market)
    if visitor.person_id is not None:
        channels = channels.exclude(follows__person_id=visitor.person_id)
    return list(
        channels.exclude(pk__in=visitor.follows).select_related("avatar").order_by("-follower_count", "id")[:SUGGESTED]
    )
