"""Posts as their channel's team sees them, in any state."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Left
from django.http import Http404
from django.utils.text import Truncator

from accounts.models import User
from core.models import Picture
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Post, PostEdit, PostPicture, Role

State = Post.State
_PICTURES = Prefetch("pictures", queryset=PostPicture.objects.select_related("picture").order_by("position"))
_BEGINNING = 70  # letters of an ordinary post's text, its title in lists
_COVER = PostPicture.objects.filter(post=OuterRef("pk")).order_by("position")
_OF_ROW: tuple[Any, ...] = (
    *("pk", "version", "state", Left("text", _BEGINNING + 1), "created_at", "published_at", "publish_at"),
    *("product__title", "product__price_minor", "product__currency", "product__stock", "product__category__icon"),
    Subquery(_COVER.values(facts=JSONObject(key="picture__key", widths="picture__widths"))[:1]),
)


class DeskPost(NamedTuple):
    """A post as a row of the desk shows it: rows that are equal look alike."""

    pk: int
    version: int
    state: str
    beginning: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    publish_at: dt.datetime | None
    product_title: str | None
    price_minor: int | None
    currency: str | None
    stock: int | None
    category_icon: str | None
    cover: dict[str, Any] | None

    @property
    def is_product(self) -> bool:
        return self.product_title is not None

    @property
    def title(self) -> str:
        return self.product_title or Truncator(self.beginning).chars(_BEGINNING) or "–"

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)

    @property
    def picture(self) -> Picture | None:
        """The first one, as far as its addresses depend on it."""
        return Picture(**self.cover) if self.cover else None

    @property
    def icon(self) -> str:
        """Stands in for a picture."""
        return self.category_icon or "message-square-text"


def get_own_post(user: User | AnonymousUser, handle: str, pk: int, role: Role = Role.AGENT) -> Post:
    """The post with channel, product and pictures, if the person has at least this role; else Http404."""
    channels = Channel.objects.of_member(user.pk or 0, role).filter(handle__iexact=handle)
    posts = Post.objects.filter(channel__in=channels, pk=pk).select_related("channel", "product__category")
    post = posts.prefetch_related(_PICTURES).first()
    if post is None:
        raise Http404
    return post


def _without_picture() -> Q:
    return Q(product__isnull=False) & Q(~Exists(PostPicture.objects.filter(post=OuterRef("pk"))))


def _wanted(posts: QuerySet[Post], state: str, kind: str, todo: str, words: str) -> QuerySet[Post]:
    if state:
        posts = posts.filter(state=state)
    if kind:
        posts = posts.filter(product__isnull=kind == "text")
    if todo == "picture":
        posts = posts.filter(_without_picture()).exclude(state=State.ARCHIVED)
    elif todo == "sold-out":
        posts = posts.filter(state=State.PUBLISHED, product__stock=0)
    if words:
        posts = posts.filter(Q(product__title__icontains=words) | Q(text__icontains=words))
    return posts


def get_dashboard_posts(
    channel: Channel,
    *,
    state: str = "",
    kind: str = "",
    todo: str = "",
    words: str = "",
    after: str = "",
    limit: int = 24,
) -> Page[DeskPost]:
    """A channel's posts, newest first, one query.

    ``kind`` is "product" or "text", ``todo`` "picture" or "sold-out". Raises core.pages.BadCursor.
    """
    posts = _wanted(Post.objects.filter(channel=channel), state, kind, todo, words).order_by("-pk")
    if after:
        posts = posts.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = [DeskPost(*row) for row in posts.values_list(*_OF_ROW)[: limit + 1]]
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


def get_dashboard_post(channel: Channel, pk: int) -> DeskPost:
    """One row of them; Http404 if the channel has no such post."""
    row = Post.objects.filter(channel=channel, pk=pk).values_list(*_OF_ROW).first()
    if row is None:
        raise Http404
    return DeskPost(*row)


def get_post_history(post: Post) -> list[PostEdit]:
    """What the post said before, newest first."""
    return list(post.edits.select_related("by").order_by("-version"))


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits for the seller."""

    without_picture: int
    sold_out: int
    drafts: int
    scheduled: int


def get_todo(channel: Channel) -> Todo:
    """One query."""
    counts = Post.objects.filter(channel=channel).aggregate(
        without_picture=Count("pk", filter=_without_picture() & ~Q(state=State.ARCHIVED)),
        sold_out=Count("pk", filter=Q(state=State.PUBLISHED, product__stock=0)),
        drafts=Count("pk", filter=Q(state=State.DRAFT)),
        scheduled=Count("pk", filter=Q(state=State.SCHEDULED)),
    )
    return Todo(**counts)
