"""Posts as their channel's team sees them, in any state."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from accounts.models import User
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, Post, PostEdit, PostPicture, Role

State = Post.State
_PICTURES = Prefetch("pictures", queryset=PostPicture.objects.select_related("picture").order_by("position"))


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
) -> Page[Post]:
    """A channel's posts, newest first, two queries; each has ``is_product`` and ``first_picture`` (or None).

    ``kind`` is "product" or "text", ``todo`` "picture" or "sold-out". Raises core.pages.BadCursor.
    """
    posts = _wanted(Post.objects.filter(channel=channel), state, kind, todo, words).order_by("-pk")
    if after:
        posts = posts.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = list(posts.select_related("product__category").prefetch_related(_PICTURES)[: limit + 1])
    for post in rows:
        post.channel = channel
        post.is_product = hasattr(post, "product")  # type: ignore[attr-defined]
        pictures = list(post.pictures.all())
        post.first_picture = pictures[0].picture if pictures else None  # type: ignore[attr-defined]
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


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
