"""Channels as their teams and the staff see them. Loaders refuse strangers with 404."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import TruncDate
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, ChannelMember, ChannelTransition, Follow, Like, Post, Product, Role, Save

_RANKS = [When(role=role, then=Value(rank)) for rank, role in enumerate(Role)]


def get_own_channel(user: User | AnonymousUser, handle: str, role: Role = Role.VIEWER) -> Channel:
    """The channel, if the person has at least this role in its team (``my_role`` says which); else Http404."""
    channels = Channel.objects.of_member(user.pk or 0, role).annotate(my_role=F("members__role"))
    channel = channels.select_related("avatar", "cover").filter(handle__iexact=handle).first()
    if channel is None:
        raise Http404
    return channel


def get_own_channels(user: User | AnonymousUser) -> list[Channel]:
    """The channels a person works in, each with ``my_role``."""
    channels = Channel.objects.of_member(user.pk or 0).annotate(my_role=F("members__role"))
    return list(channels.select_related("avatar").order_by("name", "pk"))


def get_team(channel: Channel) -> list[ChannelMember]:
    """Who works here, the owner first."""
    rank = Case(*_RANKS, output_field=IntegerField())
    return list(channel.members.select_related("person__avatar").order_by(rank, "joined_at", "pk"))


def get_transitions(channel: Channel) -> list[ChannelTransition]:
    """What happened to the channel's state, newest first."""
    return list(channel.transitions.select_related("by").order_by("-at", "-pk"))


def get_followers(channel: Channel, *, after: str = "", limit: int = 50) -> Page[Follow]:
    """Followers, newest first; raises core.pages.BadCursor."""
    follows = channel.follows.select_related("person__avatar").order_by("-pk")
    if after:
        follows = follows.filter(pk__lt=decode_cursor(after, 1)[0])
    rows = list(follows[: limit + 1])
    return Page(rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else "")


@dataclass(frozen=True, slots=True)
class ChannelStats:
    """Numbers of one channel; ``followers_by_day`` counts new follows that are still there, oldest day first (UTC)."""

    followers_by_day: list[tuple[dt.date, int]]
    new_followers: int
    saves: int
    likes: int
    posts_by_state: dict[str, int]
    products_by_state: dict[str, int]
    listed: int


def get_channel_stats(channel: Channel, *, days: int = 28) -> ChannelStats:
    """What the last ``days`` days (today included) brought, and what there is now."""
    today = timezone.now().date()
    first = today - dt.timedelta(days=days - 1)
    since = dt.datetime.combine(first, dt.time(), dt.UTC)
    day = TruncDate("followed_at", tzinfo=dt.UTC)
    follows = channel.follows.filter(followed_at__gte=since).values_list(day).annotate(Count("pk"))
    by_day = dict(follows.order_by(day))
    calendar = [first + dt.timedelta(days=number) for number in range(days)]
    posts = Post.objects.filter(channel=channel)
    counted = dict.fromkeys(Post.State.values, 0)
    return ChannelStats(
        followers_by_day=[(date, by_day.get(date, 0)) for date in calendar],
        new_followers=sum(by_day.values()),
        saves=Save.objects.filter(product__channel=channel, saved_at__gte=since).count(),
        likes=Like.objects.filter(post__channel=channel, liked_at__gte=since).count(),
        posts_by_state=counted | dict(posts.values_list("state").annotate(Count("pk")).order_by("state")),
        products_by_state=counted
        | dict(posts.filter(product__isnull=False).values_list("state").annotate(Count("pk")).order_by("state")),
        listed=Product.objects.listed().filter(channel=channel).count(),
    )


def get_city_names(market: str) -> dict[str, str]:
    """The cities of a market's visible channels by the slug that filters use."""
    channels = Channel.objects.visible().in_market(market).order_by("-follower_count", "pk").only("city")
    names: dict[str, str] = {}
    for channel in channels:
        names.setdefault(channel.city_slug, channel.city)
    return names
