"""Channels as their teams and the staff see them. Loaders refuse strangers with 404."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import TruncDate
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from core import planned
from core.models import Picture
from core.pages import Page, decode_cursor, encode_cursor
from sellers.models import Channel, ChannelMember, ChannelTransition, Follow, Like, Post, Product, Role, Save

_RANKS = [When(role=role, then=Value(rank)) for rank, role in enumerate(Role)]


# A channel with its pictures, as `read_channel` reads it. Every page of a channel and of its desk begins with one, and
# to have the ORM write such a statement anew takes longer than to run it.
_FIELDS = [field.attname for field in Channel._meta.concrete_fields]
_OF_PICTURE = ("id", "key", "width", "height", "widths", "is_private")
CHANNEL_COLUMNS = ", ".join(
    [f"channel.{field.column}" for field in Channel._meta.concrete_fields]
    + [f"{picture}.{name}" for picture in ("avatar", "cover") for name in _OF_PICTURE]
)
CHANNEL_SOURCE = """sellers_channel channel
LEFT JOIN core_picture avatar ON avatar.id = channel.avatar_id
LEFT JOIN core_picture cover ON cover.id = channel.cover_id"""
_OWN = f"""
SELECT {CHANNEL_COLUMNS}, member.role FROM {CHANNEL_SOURCE}
JOIN sellers_channelmember member ON member.channel_id = channel.id
WHERE lower(channel.handle) = lower(%s) AND member.person_id = %s AND member.role = ANY(%s)
"""  # noqa: S608 - names of columns only

# Whether a channel is away, as Channel.is_away says it; of the table's name in the statement.
AWAY = """({0}.state = 'holiday' AND coalesce({0}.holiday_from <= now(), TRUE)
    AND coalesce(now() < {0}.holiday_until, TRUE))"""


def read_channel(row: Sequence[Any]) -> tuple[Channel, Sequence[Any]]:
    """The channel in a row that begins with ``CHANNEL_COLUMNS`` of ``CHANNEL_SOURCE``, and the rest of the row."""
    end, size = len(_FIELDS), len(_OF_PICTURE)
    channel = Channel.from_db(connection.alias, _FIELDS, row[:end])
    for name, start in (("avatar", end), ("cover", end + size)):
        if row[start] is not None:
            setattr(channel, name, Picture.from_db(connection.alias, _OF_PICTURE, row[start : start + size]))
    return channel, row[end + 2 * size :]


def get_own_channel(user: User | AnonymousUser, handle: str, role: Role = Role.VIEWER) -> Channel:
    """The channel, if the person has at least this role in its team (``my_role`` says which); else Http404."""
    rows = planned.fetch(_OWN, [handle, user.pk or 0, Role.at_least(role)])
    if not rows:
        raise Http404
    channel, (my_role,) = read_channel(rows[0])
    channel.my_role = my_role  # type: ignore[attr-defined]
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
