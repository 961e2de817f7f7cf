"""A channel's pages: who it is, its stream, its product display."""

from dataclasses import dataclass

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import Http404

from core.pages import Page, decode_cursor, encode_cursor, place_of
from sellers.models import Channel, ChannelMember, Follow, Post, Product
from shop.guests import Visitor
from shop.selectors import posts as post_rows

TILES = 60
SIDE_TILES = 9  # one large and eight small fill four rows of three


@dataclass(frozen=True, slots=True)
class Stream:
    """A page of a channel's posts; ``newer`` is the query of the page above it, None at the top."""

    page: Page[post_rows.PostRow]
    newer: str | None = None
    at: int | None = None


def get_channel(visitor: Visitor, handle: str) -> Channel:
    """A channel the public sees, or one of the visitor's own; else Http404.

    Annotated with ``is_own``, ``is_followed`` and ``is_muted``.
    """
    follows = Follow.objects.filter(channel=OuterRef("pk"), person_id=visitor.person_id)
    found = (
        Channel.objects.filter(handle=handle.lower())
        .select_related("avatar", "cover")
        .annotate(
            is_own=own_channel(visitor, "pk"),
            muted=Subquery(follows.values("is_muted")[:1])
            if visitor.person_id
            else Value(None, output_field=BooleanField(null=True)),
        )
        .filter(Q(state__in=Channel.VISIBLE) | Q(is_own=True))
        .first()
    )
    if found is None:
        raise Http404
    found.is_followed = found.muted is not None or found.pk in visitor.follows  # type: ignore[attr-defined]
    found.is_muted = bool(found.muted)  # type: ignore[attr-defined]
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
    posts = channel.posts.published()
    if at is None:
        return Stream(post_rows.get_page(posts, visitor, after))
    anchor = get_object_of(posts, at)
    upwards = list(
        post_rows.newer_than(posts, post_rows.cursor_of(anchor))
        .order_by("published_at", "id")
        .values_list("id", flat=True)[: post_rows.PAGE + 1]
    )
    below = post_rows.older_than(posts, _just_above(anchor))
    newer = None if not upwards else f"?at={upwards[post_rows.PAGE - 1]}" if len(upwards) > post_rows.PAGE else "?"
    return Stream(post_rows.get_page(below, visitor), newer, at)


def get_post(channel: Channel, visitor: Visitor, pk: int) -> post_rows.PostRow:
    """One post; the team sees its unpublished ones too. Else Http404."""
    posts = Post.objects.filter(channel=channel, pk=pk)
    if not channel.is_own:  # type: ignore[attr-defined]
        posts = posts.published()
    rows = post_rows.get_rows(posts, visitor)
    if not rows:
        raise Http404
    return rows[0]


def get_object_of(posts: QuerySet[Post], pk: int) -> Post:
    found = posts.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_tiles(channel: Channel, after: str = "", limit: int = TILES) -> Page[Product]:
    """Product display: listed products, newest first, with cover and category; one query. Raises BadCursor.

    The team of a channel that is not open sees what will be shown.
    """
    tiles = Product.objects.filter(channel=channel, post__state=Post.State.PUBLISHED)
    if channel.is_visible():
        tiles = tiles.listed()
    if after:
        tiles = tiles.filter(TupleLessThan(Tuple("published_at", "id"), place_of(after)))
    tiles = tiles.select_related("cover", "category").defer(*post_rows.HEAVY)
    found = list(tiles.order_by("-published_at", "-id")[: limit + 1])
    return Page(found[:limit], post_rows.cursor_of(found[limit - 1]) if len(found) > limit else "")


def _just_above(post: Post) -> str:
    """A cursor that makes ``post`` itself the first of the page."""
    moment, pk = decode_cursor(post_rows.cursor_of(post), 2)
    return encode_cursor(moment, pk + 1)
