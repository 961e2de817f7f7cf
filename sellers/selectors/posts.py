"""Posts as their channel's team sees them, in any state."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import Http404
from django.utils.text import Truncator

from accounts.models import User
from core import planned
from core.models import Picture
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, ListingCheck, Post, PostEdit, PostPicture, Role

State = Post.State
_PICTURES = Prefetch("pictures", queryset=PostPicture.objects.select_related("picture").order_by("position"))
_BEGINNING = 70  # letters of an ordinary post's text, its title in lists
_ROWS = """
SELECT post.id, post.version, post.state, left(post.text, %(beginning)s::int + 1), post.created_at, post.published_at,
    post.publish_at, product.title, product.price_minor, product.currency, product.stock, category.icon, (
        SELECT jsonb_build_object('key', picture.key, 'widths', picture.widths)::text
        FROM sellers_postpicture shown JOIN core_picture picture ON picture.id = shown.picture_id
        WHERE shown.post_id = post.id ORDER BY shown.position LIMIT 1
    )
FROM sellers_post post
LEFT JOIN sellers_product product ON product.post_id = post.id
LEFT JOIN sellers_category category ON category.id = product.category_id
WHERE post.channel_id = %(channel)s AND {wanted} ORDER BY post.id DESC LIMIT %(limit)s
"""
# What a list may be narrowed by, each a condition on its rows.
_WANTED = {
    "state": "post.state = %(state)s",
    "product": "product.id IS NOT NULL",
    "text": "product.id IS NULL",
    "picture": """product.id IS NOT NULL AND post.state <> 'archived'
        AND NOT EXISTS (SELECT FROM sellers_postpicture WHERE post_id = post.id)""",
    "sold-out": "post.state = 'published' AND product.stock = 0",
    "words": "(upper(product.title) LIKE upper(%(words)s) OR upper(post.text) LIKE upper(%(words)s))",
    "after": "post.id < %(after)s",
    "pk": "post.id = %(pk)s",
}


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
    cover: str | None  # key and widths of its first picture, as JSON

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
        return Picture(**json.loads(self.cover)) if self.cover else None

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


def _read(channel: Channel, *names: str, limit: int = 1, **values: Any) -> list[DeskPost]:
    """The newest of a channel's posts that fulfil the named conditions; one query."""
    wanted = " AND ".join(_WANTED[name] for name in (*names, *values)) or "TRUE"
    params = values | {"channel": channel.pk, "beginning": _BEGINNING, "limit": limit}
    return [DeskPost(*row) for row in planned.fetch(_ROWS.format(wanted=wanted), params)]


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
    values = {
        "state": state,
        "words": f"%{connection.ops.prep_for_like_query(words)}%" if words else "",
        "after": decode_cursor(after, 1)[0] if after else None,
    }
    given = {name: value for name, value in values.items() if value not in ("", None)}
    rows = _read(channel, *filter(None, (kind, todo)), limit=limit + 1, **given)
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


def get_dashboard_post(channel: Channel, pk: int) -> DeskPost:
    """One row of them; Http404 if the channel has no such post."""
    rows = _read(channel, pk=pk)
    if not rows:
        raise Http404
    return rows[0]


def get_check(post: Post) -> ListingCheck | None:
    """Staff's latest look at a post that waits for them or was sent back; no query for others."""
    if post.state not in (State.WAITING, State.REJECTED):
        return None
    return post.checks.order_by("-pk").first()


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
    sent_back: int


def get_todo(channel: Channel) -> Todo:
    """One query."""
    counts = Post.objects.filter(channel=channel).aggregate(
        without_picture=Count("pk", filter=_without_picture() & ~Q(state=State.ARCHIVED)),
        sold_out=Count("pk", filter=Q(state=State.PUBLISHED, product__stock=0)),
        drafts=Count("pk", filter=Q(state=State.DRAFT)),
        scheduled=Count("pk", filter=Q(state=State.SCHEDULED)),
        sent_back=Count("pk", filter=Q(state=State.REJECTED)),
    )
    return Todo(**counts)
