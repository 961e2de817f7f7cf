"""The feed's posts: of channels followed and not muted, marked for the feed, newest first."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.pages import Page, cursor_at, place_of
from shop.guests import Visitor
from shop.selectors import posts as post_rows

MOST_NEWS = 20  # more than these are fetched by opening the feed anew
# The newest posts of all are among those of the channels whose newest are newest: every followed channel is asked for
# one post, and only as many channels as the page has posts for more. Each is a step into the index post_feed.
_FEED = """
SELECT post.id FROM (
    SELECT channel.id FROM ({followed}) followed
    JOIN sellers_channel channel ON channel.id = followed.channel_id AND channel.state IN ('open', 'holiday'),
    LATERAL (
        SELECT published_at, id FROM sellers_post
        WHERE channel_id = channel.id AND state = 'published' AND in_feed AND {bound}
        ORDER BY published_at DESC, id DESC LIMIT 1
    ) newest
    ORDER BY newest.published_at DESC, newest.id DESC LIMIT %(limit)s
) channel, LATERAL (
    SELECT published_at, id FROM sellers_post
    WHERE channel_id = channel.id AND state = 'published' AND in_feed AND {bound}
    ORDER BY published_at DESC, id DESC LIMIT %(limit)s
) post
ORDER BY post.published_at DESC, post.id DESC LIMIT %(limit)s
"""
_OF_PERSON = "SELECT channel_id FROM sellers_follow WHERE person_id = %(person)s AND NOT is_muted"
_OF_GUEST = "SELECT channel_id FROM unnest(%(follows)s::bigint[]) AS kept (channel_id)"


def followed(visitor: Visitor) -> str:
    """SQL of the ids of the channels in her feed; wants ``person`` or ``follows``."""
    return _OF_GUEST if visitor.person_id is None else _OF_PERSON


def find(visitor: Visitor, cursor: str, *, newer: bool = False) -> tuple[str, dict[str, Any]]:
    """SQL that finds the ids of the feed's newest ``%(limit)s`` posts beyond ``cursor``, and its parameters."""
    bound, place = post_rows.bound(cursor, newer=newer)
    params = {"person": visitor.person_id, "follows": list(visitor.follows)} | place
    return _FEED.format(followed=followed(visitor), bound=bound), params


def get_feed(visitor: Visitor, after: str = "") -> Page[post_rows.StreamRow]:
    """One page; raises BadCursor."""
    return post_rows.get_page(*find(visitor, after), visitor)


def get_newer(visitor: Visitor, since: str) -> list[post_rows.StreamRow]:
    """What came above ``since``, newest first; raises BadCursor."""
    found, params = find(visitor, since, newer=True)
    return post_rows.get_stream_rows(found, params | {"limit": MOST_NEWS}, visitor)


def count_newer(visitor: Visitor, since: str) -> int:
    """How many came above ``since``, counted up to MOST_NEWS + 1; raises BadCursor."""
    place_of(since)  # without a place there is nothing newer than it
    found, params = find(visitor, since, newer=True)
    with connection.cursor() as cursor:
        cursor.execute(found, params | {"limit": MOST_NEWS + 1})
        return len(cursor.fetchall())


def top_of(rows: Sequence[post_rows.StreamRow], otherwise: str = "") -> str:
    """The cursor from which the next news is counted."""
    return cursor_at(rows[0].published_at, rows[0].id) if rows else otherwise
