"""Hours on a person's own clocks: digests and quiet hours."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils import timezone, translation

from accounts.models import User
from core.markets import MARKETS
from core.money import babel_locale

DAY = dt.timedelta(days=1)


def zone_of(person: User) -> ZoneInfo:
    """The time zone of the person's market."""
    return ZoneInfo(MARKETS[person.market].time_zone)


@contextmanager
def speaking_to(person: User) -> Iterator[None]:
    """Words and times inside are in the person's language and time zone."""
    with translation.override(person.language), timezone.override(zone_of(person)):
        yield


def next_digest(person: User, *, weekly: bool, hour: int, after: dt.datetime) -> dt.datetime:
    """The next time after ``after`` when it is ``hour`` o'clock; weekly: on the first day of the market's week."""
    zone = zone_of(person)
    day, step = after.astimezone(zone).date(), DAY
    if weekly:
        day += DAY * ((_first_weekday(person) - day.weekday()) % 7)
        step = 7 * DAY
    moment = dt.datetime.combine(day, dt.time(hour), zone)
    return moment if moment > after else dt.datetime.combine(day + step, dt.time(hour), zone)


def _first_weekday(person: User) -> int:
    """0 for Monday: the market's habit, Saturday in Iran."""
    market = MARKETS[person.market]
    language = babel_locale(market.language).split("_", maxsplit=1)[0]
    return Locale.parse(f"{language}_{market.country}").first_week_day


def end_of_quiet(person: User, *, start: int | None, end: int | None, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end in which ``now`` falls; None outside them."""
    if start is None or end is None:
        return None
    zone = zone_of(person)
    local = now.astimezone(zone)
    inside = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    if not inside:
        return None
    day = local.date() if local.hour < end else local.date() + DAY
    return dt.datetime.combine(day, dt.time(end), zone)
