"""Posts as channel pages and the feed show them: light rows, enough to find the HTML that is kept of each (shop.pieces);
and whole ones, two queries for any number of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.utils.text import Truncator

from core import planned
from core.models import Picture
from core.pages import Page, cursor_at, place_of
from sellers.models import Channel, Like, Post, PostPicture, Product, Save, Variant
from shop.guests import Visitor

PAGE = 6
PICTURES = 3  # of each post in a stream
EXCERPT = 600
HEAVY = ("attributes", "specifications", "facet_terms", "delivery", "returns")  # of a product; no list shows them
# A picture that is still being made counts with a minus sign.
_ROWS = """
SELECT post.id, post.published_at, post.like_count, product.id,
    EXISTS (SELECT FROM sellers_like WHERE post_id = post.id AND person_id = %(person)s),
    EXISTS (SELECT FROM sellers_save WHERE product_id = product.id AND person_id = %(person)s),
    jsonb_build_array(post.version, product.version, channel.name, channel.handle, channel.language, channel.hue,
        channel.verified_at IS NOT NULL, avatar.id, avatar.widths, ARRAY(
            SELECT CASE cardinality(picture.widths) WHEN 0 THEN -picture.id ELSE picture.id END
            FROM sellers_postpicture shown JOIN core_picture picture ON picture.id = shown.picture_id
            WHERE shown.post_id = post.id ORDER BY shown.position
        ))::text
FROM ({found}) found JOIN sellers_post post ON post.id = found.id
JOIN sellers_channel channel ON channel.id = post.channel_id
LEFT JOIN sellers_product product ON product.post_id = post.id
LEFT JOIN core_picture avatar ON avatar.id = channel.avatar_id
ORDER BY post.published_at DESC, post.id DESC
"""


class StreamRow(NamedTuple):
    """A published post as a stream knows it. ``edition`` changes with all that its HTML shows but likes and time."""

    id: int
    published_at: dt.datetime
    like_count: int
    product_id: int | None
    is_liked: bool
    is_saved: bool
    edition: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post with all its card needs."""

    post: Post
    product: Product | None
    shown: list[PostPicture]
    is_liked: bool
    is_saved: bool
    from_price: bool

    @property
    def channel(self) -> Channel:
        return self.post.channel

    @property
    def pictures(self) -> list[Picture]:
        return [shown.picture for shown in self.shown]

    @property
    def alt(self) -> str:
        """The seller's words for the pictures, else none."""
        return next((shown.alt for shown in self.shown if shown.alt), "")

    @property
    def hidden_pictures(self) -> int:
        return len(self.shown) - PICTURES

    @property
    def icon(self) -> str:
        """Stands in for a picture that is still being made."""
        return self.product.category.icon if self.product else "image"

    @property
    def is_cut(self) -> bool:
        return len(self.post.text) > EXCERPT

    @property
    def excerpt(self) -> str:
        """What a stream shows of the text; the post's own page shows all."""
        return Truncator(self.post.text).chars(EXCERPT)

    @property
    def title(self) -> str:
        """The thing's name, or how the post begins."""
        return self.product.title if self.product else Truncator(self.post.text).chars(70)


def bound(cursor: str, *, newer: bool = False) -> tuple[str, dict[str, Any]]:
    """SQL that keeps what comes after ``cursor`` in a newest-first stream (or before it), and its parameters; all
    without a cursor. Raises BadCursor."""
    if not cursor:
        return "TRUE", {}
    moment, pk = place_of(cursor)
    return f"(published_at, id) {'>' if newer else '<'} (%(moment)s, %(pk)s)", {"moment": moment, "pk": pk}


def get_stream_rows(found: str, params: dict[str, Any], visitor: Visitor) -> list[StreamRow]:
    """Rows of the posts whose ids the SQL ``found`` finds, newest first; one query."""
    params = params | {"person": visitor.person_id}
    rows = [StreamRow(*row) for row in planned.fetch(_ROWS.format(found=found), params)]
    return [row._replace(is_saved=True) if row.product_id in visitor.saves else row for row in rows]


def get_page(found: str, params: dict[str, Any], visitor: Visitor, limit: int = PAGE) -> Page[StreamRow]:
    """One page of a stream, newest first; ``found`` is asked for ``%(limit)s`` posts."""
    rows = get_stream_rows(found, params | {"limit": limit + 1}, visitor)
    return Page(rows[:limit], cursor_at(rows[limit - 1].published_at, rows[limit - 1].id) if len(rows) > limit else "")


def get_rows(posts: QuerySet[Post], visitor: Visitor) -> list[PostRow]:
    """The posts of a (sliced) queryset with channel, product, pictures and the visitor's marks: two queries."""
    found = list(
        posts.select_related("channel__avatar", "product__category")
        .defer(*(f"product__{name}" for name in HEAVY))
        .annotate(
            is_liked=_mark(visitor, Like.objects.filter(post=OuterRef("pk"))),
            is_saved=_mark(visitor, Save.objects.filter(product__post=OuterRef("pk"))),
            from_price=Exists(
                Variant.objects.filter(product__post=OuterRef("pk"), price_minor__gt=OuterRef("product__price_minor"))
            ),
        )
    )
    pictures = get_pictures([post.pk for post in found])
    return [_row(post, pictures.get(post.pk, []), visitor) for post in found]


def get_pictures(post_ids: Sequence[int]) -> dict[int, list[PostPicture]]:
    """Pictures by post, in their order."""
    shown: dict[int, list[PostPicture]] = {}
    for picture in (
        PostPicture.objects.filter(post__in=post_ids).select_related("picture").order_by("post_id", "position")
        if post_ids
        else ()
    ):
        shown.setdefault(picture.post_id, []).append(picture)
    return shown


def _mark(visitor: Visitor, marks: QuerySet[Like] | QuerySet[Save]) -> Exists | Value:
    return Exists(marks.filter(person_id=visitor.person_id)) if visitor.person_id else Value(False)


def _row(post: Post, pictures: list[PostPicture], visitor: Visitor) -> PostRow:
    product = getattr(post, "product", None)
    return PostRow(
        post=post,
        product=product,
        shown=pictures,
        is_liked=post.is_liked,  # type: ignore[attr-defined]
        is_saved=post.is_saved or bool(product and product.pk in visitor.saves),  # type: ignore[attr-defined]
        from_price=post.from_price,  # type: ignore[attr-defined]
    )
