"""Posts as channel pages and the feed show them: two queries for any number of posts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.text import Truncator

from core.models import Picture
from core.pages import Page, cursor_at, place_of
from sellers.models import Channel, Like, Post, PostPicture, Product, Save, Variant
from shop.guests import Visitor

PAGE = 6
PICTURES = 3  # of each post in a stream
EXCERPT = 600
HEAVY = ("attributes", "specifications", "facet_terms", "delivery", "returns")  # of a product; no list shows them
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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
    def edition(self) -> tuple[object, ...]:
        """Changes whenever the post's HTML in a stream would, but for the passing of time."""
        channel, avatar = self.channel, self.channel.avatar
        post = self.post
        return (
            (post.pk, post.version, post.like_count, self.is_liked, self.is_saved),
            self.product.version if self.product else 0,
            (channel.name, channel.handle, channel.language, channel.hue, channel.is_verified),
            (avatar.pk, avatar.is_ready()) if avatar else None,
            [(shown.picture_id, shown.picture.is_ready()) for shown in self.shown],
        )

    @property
    def published_at(self) -> dt.datetime:
        """Rows of streams are published; a draft's own page asks for nothing but a moment."""
        return self.post.published_at or _EPOCH

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


def cursor_of(post: Post | Product) -> str:
    """Where a post (or a product) stands in a newest-first list, to page from it."""
    return cursor_at(post.published_at or _EPOCH, post.pk)


def older_than(posts: QuerySet[Post], cursor: str) -> QuerySet[Post]:
    """Posts after ``cursor`` in a newest-first stream. Raises BadCursor."""
    return posts.filter(TupleLessThan(Tuple("published_at", "id"), place_of(cursor)))


def newer_than(posts: QuerySet[Post], cursor: str) -> QuerySet[Post]:
    """Posts before ``cursor`` in a newest-first stream. Raises BadCursor."""
    return posts.filter(TupleGreaterThan(Tuple("published_at", "id"), place_of(cursor)))


def get_page(posts: QuerySet[Post], visitor: Visitor, after: str = "", limit: int = PAGE) -> Page[PostRow]:
    """One page of a stream, newest first. Raises BadCursor."""
    if after:
        posts = older_than(posts, after)
    found = get_rows(posts.order_by("-published_at", "-id")[: limit + 1], visitor)
    return Page(found[:limit], cursor_of(found[limit - 1].post) if len(found) > limit else "")


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
