"""Definitions: what a seller knows of her own channel."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Sum

from core.markets import MARKETS
from insights.models import ChannelDay, ChannelSource
from insights.selectors.shoppers import DAY
from sellers.models import Channel

SPAN = 28  # days
HOUR_DAYS = 56


class DayOfChannel(NamedTuple):
    day: dt.date
    shown: int = 0
    seen: int = 0
    saved: int = 0
    asked: int = 0
    requested: int = 0
    paid: int = 0
    followed: int = 0


class Source(NamedTuple):
    place: str  # insights.models.Place
    visits: int


@dataclass(frozen=True, slots=True)
class ChannelInsights:
    days: list[DayOfChannel]  # oldest first, none left out
    before: DayOfChannel  # the sums of as many days before, dated with the first of them
    hours: list[list[int]]  # of each weekday from Monday: 24 counts of looks
    sources: list[Source]  # the most first

    @property
    def total(self) -> DayOfChannel:
        return _sum(self.days)


def _sum(days: list[DayOfChannel]) -> DayOfChannel:
    return DayOfChannel(days[0].day, *(sum(counts) for counts in zip(*(day[1:] for day in days), strict=True)))


def get_channel_insights(channel: Channel, until: dt.date) -> ChannelInsights:
    """A channel's last 28 days up to ``until``, the 28 before, its hours and its sources. Two queries.

    ``shown``: times one of its things stood in a list that is logged (picks, feed); ``seen``: somebody looked at a
    thing or opened it from a search, once for each of both and day; ``saved``: the same of hearts; ``asked``: talks
    begun with it; ``requested``, ``paid``: requests of money sent, and paid; ``followed``: new followers who still
    are. Days are those of UTC. Left out: its own team, staff.
    """
    rows = ChannelDay.objects.filter(channel=channel, day__gt=until - HOUR_DAYS * DAY, day__lte=until)
    kept = {day: (counts, hours) for day, hours, *counts in rows.values_list("day", "hours", *ChannelDay.COUNTS)}
    every = [until - number * DAY for number in reversed(range(2 * SPAN))]
    days = [DayOfChannel(day, *(kept[day][0] if day in kept else ())) for day in every]
    sources = ChannelSource.objects.filter(channel=channel, day__gt=until - SPAN * DAY, day__lte=until)
    visits = sources.values_list("place").annotate(n=Sum("visits")).order_by("-n", "place")
    hours = _by_weekday({day: hours for day, (_counts, hours) in kept.items() if hours}, channel)
    return ChannelInsights(days[SPAN:], _sum(days[:SPAN]), hours, [Source(*row) for row in visits])


def _by_weekday(hours: dict[dt.date, list[int]], channel: Channel) -> list[list[int]]:
    """Looks of the last 56 days by weekday and hour on the clocks of the channel's market. They are kept by the hour of
    UTC: where clocks stand at half hours, an hour's looks may be half an hour off."""
    zone = ZoneInfo(MARKETS[channel.market].time_zone)
    table = [[0] * 24 for _ in range(7)]
    for day, counts in hours.items():
        for hour, count in enumerate(counts):
            if count:
                local = dt.datetime.combine(day, dt.time(hour), dt.UTC).astimezone(zone)
                table[local.weekday()][local.hour] += count
    return table
