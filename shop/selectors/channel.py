"""A channel's pages: who it is, its stream, its product display."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import Http404

from chat.models import ReplyTime
from core import planned
from core.pages import Page, cursor_at
from sellers import selectors as sellers
from sellers.models import Channel, ChannelMember, Post, Product
from shop.guests import Visitor
from shop.selectors import posts as post_rows

TILES = 60
SIDE_TILES = 9  # one large and eight small fill four rows of three


_CHANNEL = f"""
SELECT {sellers.CHANNEL_COLUMNS},
    EXISTS (SELECT FROM sellers_channelmember WHERE channel_id = channel.id AND person_id = %(person)s),
    (SELECT is_muted FROM sellers_follow WHERE channel_id = channel.id AND person_id = %(person)s),
    (SELECT seconds FROM chat_replytime WHERE channel_id = channel.id)
FROM {sellers.CHANNEL_SOURCE} WHERE lower(channel.handle) = %(handle)s
"""  # noqa: S608 - names of columns only
_STREAM = """
SELECT id FROM sellers_post WHERE channel_id = %(channel)s AND state = 'published' AND {bound}
ORDER BY published_at DESC, id DESC LIMIT %(limit)s
"""
_TILES = """
SELECT id, version, (SELECT widths FROM core_picture WHERE id = cover_id), published_at
FROM sellers_product WHERE channel_id = %(channel)s AND {shown} AND {bound}
ORDER BY published_at DESC, id DESC LIMIT %(limit)s
"""
_PUBLISHED = "EXISTS (SELECT FROM sellers_post WHERE id = post_id AND state = 'published')"
_REPLY_TIME = Channel._meta.get_field("reply_time")  # read along with the channel


class Tile(NamedTuple):
    """A product of the display as far as its picture's HTML depends on it."""

    id: int
    version: int
    widths: list[int] | None  # of its cover
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Stream:
    """A page of a channel's posts; ``newer`` is the query of the page above it, None at the top."""

    page: Page[post_rows.StreamRow]
    newer: str | None = None
    at: int | None = None


def get_channel(visitor: Visitor, handle: str) -> Channel:
    """A channel the public sees, or one of the visitor's own; else Http404.

    Annotated with ``is_own``, ``is_followed`` and ``is_muted``.
    """
    rows = planned.fetch(_CHANNEL, {"handle": handle.lower(), "person": visitor.person_id})
    if not rows:
        raise Http404
    found, (is_own, is_muted, seconds) = sellers.read_channel(rows[0])  # muted: None where she does not follow
    if not (is_own or found.is_visible()):
        raise Http404
    found.is_own = is_own  # type: ignore[attr-defined]
    found.is_followed = is_muted is not None or found.pk in visitor.follows  # type: ignore[attr-defined]
    found.is_muted = bool(is_muted)  # type: ignore[attr-defined]
    _REPLY_TIME.set_cached_value(found, None if seconds is None else ReplyTime(seconds=seconds))
    return found


def own_channel(visitor: Visitor, path: str) -> Exists | Value:
    """Whether the visitor is on the team of the channel whose id is at ``path``."""
    if visitor.person_id is None:
        return Value(False)
    return Exists(ChannelMember.objects.filter(channel=OuterRef(path), person_id=visitor.person_id))


def get_stream(channel: Channel, visitor: Visitor, after: str = "", at: int | None = None) -> Stream:
    """The newest posts, those after a cursor, or those from post ``at`` on.

    Raises BadCursor, and Http404 if ``at`` is not a published post of this channel.
    """
    if at is None:
        return Stream(_get_page(channel, visitor, after))
    published = channel.posts.published().values_list("published_at", "id")
    anchor = published.filter(pk=at).first()
    if anchor is None or anchor[0] is None:
        raise Http404
    upwards = published.filter(TupleGreaterThan(Tuple("published_at", "id"), anchor))
    above = [pk for _moment, pk in upwards.order_by("published_at", "id")[: post_rows.PAGE + 1]]
    newer = None if not above else f"?at={above[post_rows.PAGE - 1]}" if len(above) > post_rows.PAGE else "?"
    return Stream(_get_page(channel, visitor, cursor_at(anchor[0], at + 1)), newer, at)


def _get_page(channel: Channel, visitor: Visitor, after: str) -> Page[post_rows.StreamRow]:
    bound, params = post_rows.bound(after)
    return post_rows.get_page(_STREAM.format(bound=bound), params | {"channel": channel.pk}, visitor)


def get_post(channel: Channel, visitor: Visitor, pk: int) -> post_rows.PostRow:
    """One post; the team sees its unpublished ones too. Else Http404."""
    posts = Post.objects.filter(channel=channel, pk=pk)
    if not channel.is_own:  # type: ignore[attr-defined]
        posts = posts.published()
    rows = post_rows.get_rows(posts, visitor)
    if not rows:
        raise Http404
    return rows[0]


def get_tiles(channel: Channel, after: str = "", limit: int = TILES) -> Page[Tile]:
    """Product display: listed products, newest first; one query. Raises BadCursor.

    The team of a channel that is not open sees what will be shown.
    """
    shown = "is_listed" if channel.is_visible() else _PUBLISHED
    bound, params = post_rows.bound(after)
    params |= {"channel": channel.pk, "limit": limit + 1}
    found = [Tile(*row) for row in planned.fetch(_TILES.format(shown=shown, bound=bound), params)]
    return Page(
        found[:limit],
        cursor_at(found[limit - 1].published_at, found[limit - 1].id) if len(found) > limit else "",
    )


def get_tile_products(tiles: Sequence[Tile]) -> list[Product]:
    """The products of these tiles with cover and category, in the same order; one query."""
    products = Product.objects.select_related("cover", "category").defer(*post_rows.HEAVY)
    by_id = products.in_bulk([tile.id for tile in tiles])
    return [by_id[tile.id] for tile in tiles if tile.id in by_id]
