"""Definitions: who comes, who comes back, how long they stay."""

import datetime as dt
from typing import NamedTuple

from insights.models import CohortDay, ShopDay

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


class ShoppersOfDay(NamedTuple):
    day: dt.date
    daily: int
    weekly: int
    monthly: int


class Cohort(NamedTuple):
    """``returned`` for each of CohortDay.AFTER but 0: a part of 1, or None while nobody can know."""

    week: dt.date
    people: int
    returned: tuple[float | None, ...]


class TimeOfDay(NamedTuple):
    day: dt.date
    shoppers: int
    seconds: int
    median: int

    @property
    def mean(self) -> float:
        return self.seconds / self.shoppers if self.shoppers else 0.0


def get_last_day() -> dt.date | None:
    """The newest day that is counted and over; pages end with it. None before the first."""
    return ShopDay.objects.filter(is_final=True).order_by("-day").values_list("day", flat=True).first()


def get_shoppers(until: dt.date, days: int = 90) -> list[ShoppersOfDay]:
    """Daily, weekly and monthly shoppers of each of the ``days`` days that end with ``until``, oldest first.

    A shopper is a person, or a guest who did something, and who on that day (of UTC) looked at, opened, saved, shared,
    followed, asked for, paid for or refused something, or had a page of the shop in front; a guest who signs up stays
    the same shopper. Weekly and monthly: different shoppers of the 7 and 30 days that end with the day. Left out:
    staff, programs that say so, and guests who never did anything.
    """
    rows = ShopDay.objects.filter(day__gt=until - days * DAY, day__lte=until).order_by("day")
    return [ShoppersOfDay(*row) for row in rows.values_list("day", "shoppers", "week_shoppers", "month_shoppers")]


def get_retention(until: dt.date, weeks: int = 12) -> list[Cohort]:
    """Of the shoppers first seen in each of the ``weeks`` weeks (Monday to Sunday, UTC) up to the one of ``until``, the
    parts that were here again exactly 1, 7 and 30 days after their first day; oldest first.

    Shoppers as in ``get_shoppers``. Only first days whose n-th day after is over by ``until`` count, above and below
    the line alike; before there is one, the part is None. Weeks in which nobody was new are left out.
    """
    monday = until - until.weekday() * DAY
    start = monday - (weeks - 1) * WEEK
    kept = CohortDay.objects.filter(first_day__gte=start, first_day__lte=until)
    people = {(row.first_day, row.after): row.people for row in kept}
    cohorts = []
    for week in (start + number * WEEK for number in range(weeks)):
        days = [week + number * DAY for number in range(7)]
        total = sum(people.get((day, 0), 0) for day in days)
        if total:
            returned = tuple(_part(people, days, after, until) for after in CohortDay.AFTER[1:])
            cohorts.append(Cohort(week, total, returned))
    return cohorts


def _part(people: dict[tuple[dt.date, int], int], days: list[dt.date], after: int, until: dt.date) -> float | None:
    ended = [day for day in days if day + after * DAY <= until]
    came = sum(people.get((day, 0), 0) for day in ended)
    return sum(people.get((day, after), 0) for day in ended) / came if came else None


def get_time_in_shop(until: dt.date, days: int = 90) -> list[TimeOfDay]:
    """Time in shop of each of the ``days`` days that end with ``until``, oldest first: shoppers of whom a time is known,
    their seconds together, and the median of a shopper's seconds.

    A shopper's time is the sum of the gaps of at most 30 minutes between one sign of her (moving, pressing, typing,
    scrolling, showing or leaving the page) and the next, while the tab is visible, on pages of the shop and in chats;
    longer gaps count nothing. Left out: staff, programs, guests who never did anything, pages with scripts off.
    """
    rows = ShopDay.objects.filter(day__gt=until - days * DAY, day__lte=until).order_by("day")
    return [TimeOfDay(*row) for row in rows.values_list("day", "timed_shoppers", "seconds", "median_seconds")]
