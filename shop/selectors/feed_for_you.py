"""The feed in her own order, of which no post is lost.

The newest posts are ordered together, a window of them at a time. What of the window was not shown yet stands in the
cursor, in its order, with the place where the next window begins: so nothing moves while she reads on, nothing is kept
for her on our side, and what is hidden or unfollowed meanwhile is left out.
"""

from typing import Any, NamedTuple

from django.db import connection

from core.pages import BadCursor, Page, cursor_at, decode_cursor, encode_cursor
from recommender import selectors as recommender
from shop.guests import Visitor
from shop.selectors import feed
from shop.selectors import posts as post_rows

WINDOW = 60
_CANDIDATES = """
SELECT post.id, extract(epoch FROM post.published_at)::float8, post.channel_id, product.id,
    coalesce(product.popularity, 0), coalesce(product.stock = 0 OR NOT product.is_listed, FALSE), post.published_at
FROM ({found}) found JOIN sellers_post post ON post.id = found.id LEFT JOIN sellers_product product ON product.post_id = post.id
ORDER BY post.published_at DESC, post.id DESC
"""
_LEFT = """
SELECT post.id, post.channel_id, product.id FROM sellers_post post
JOIN sellers_channel channel ON channel.id = post.channel_id AND channel.state IN ('open', 'holiday')
LEFT JOIN sellers_product product ON product.post_id = post.id
WHERE post.id = ANY(%(ids)s) AND post.state = 'published' AND in_feed AND post.channel_id IN ({followed})
"""


class ForYou(NamedTuple):
    """``top`` is the cursor from which news are counted; empty but on the first page."""

    page: Page[post_rows.StreamRow]
    top: str


class _Window(NamedTuple):
    """Posts still to be shown, in her order; ``bottom`` is where the next window begins, empty after the last."""

    ids: list[int]
    bottom: str
    top: str = ""


def get_for_you(visitor: Visitor, after: str = "", limit: int = post_rows.PAGE) -> ForYou:
    """One page; raises BadCursor. Five queries but for those of the recommender's table, whatever the page."""
    window = _continued(visitor, after) if after else _next(visitor, "")
    while not window.ids and window.bottom:  # all that was left of it is gone
        window = _next(visitor, window.bottom)
    shown, left = window.ids[:limit], window.ids[limit:]
    found = "SELECT unnest(%(ids)s::bigint[]) AS id"
    rows = {row.id: row for row in post_rows.get_stream_rows(found, {"ids": shown}, visitor)} if shown else {}
    page = Page([rows[pk] for pk in shown if pk in rows], _cursor(left, window.bottom))
    return ForYou(page, window.top)


def _next(visitor: Visitor, bottom: str) -> _Window:
    """The posts that follow ``bottom``, put into her order."""
    found, params = feed.find(visitor, bottom)
    rows = _fetch(_CANDIDATES.format(found=found), params | {"limit": WINDOW + 1})
    inside = rows[:WINDOW]
    posts = [recommender.Candidate(*row[:-1]) for row in inside]
    limits = recommender.get_limits(visitor.looker, [post.product_id for post in posts if post.product_id])
    ids = recommender.order_posts(visitor.looker, posts, limits)
    top, end = (cursor_at(row[-1], row[0]) for row in (inside[0], inside[-1])) if inside else ("", "")
    return _Window(ids, end if len(rows) > WINDOW else "", "" if bottom else top)


def _continued(visitor: Visitor, after: str) -> _Window:
    """What the cursor left to be shown and may still be; a place alone begins a window there."""
    moment, pk, *ids = decode_cursor(after, after.count(".") + 1) if after.count(".") else [0, 0]
    if len(ids) > WINDOW or (not ids and not pk):
        raise BadCursor(after)
    bottom = encode_cursor(moment, pk) if pk else ""
    if not ids:
        return _next(visitor, bottom)
    sql = _LEFT.format(followed=feed.followed(visitor))
    params = {"ids": ids, "person": visitor.person_id, "follows": list(visitor.follows)}
    rows = _fetch(sql, params)
    limits = recommender.get_limits(visitor.looker, [product for _post, _channel, product in rows if product])
    there = {post for post, channel, product in rows if limits.allow(channel, product)}
    return _Window([pk for pk in dict.fromkeys(ids) if pk in there], bottom)


def _cursor(left: list[int], bottom: str) -> str:
    moment, pk = decode_cursor(bottom, 2) if bottom else (0, 0)
    return encode_cursor(moment, pk, *left) if left or bottom else ""


def _fetch(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
