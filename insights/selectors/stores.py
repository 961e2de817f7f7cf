"""Definitions: stores that are alive, and how soon and how well they serve."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Max

from insights.models import ShopDay, StoreWeek
from insights.selectors.shoppers import DAY, WEEK

LOYAL_WEEKS, OF_WEEKS = 10, 12
RATE_DAYS = 28


class StoresOfWeek(NamedTuple):
    """``growth`` against the week before as a part of it; None where that had no active store."""

    week: dt.date
    active: int
    growth: float | None
    open: int


class LoyalSellers(NamedTuple):
    """``of`` stores that posted or sold anything in the weeks from ``first`` to the one of ``last``, both Mondays."""

    first: dt.date
    last: dt.date
    loyal: int
    of: int


class Replies(NamedTuple):
    """``median`` and ``p90`` in seconds, None while nobody was answered."""

    day: dt.date
    talks: int
    answered: int
    median: int | None
    p90: int | None


class Disputes(NamedTuple):
    day: dt.date
    paid: int
    disputed: int

    @property
    def rate(self) -> float | None:
        return self.disputed / self.paid if self.paid else None


def _last_ended(until: dt.date) -> dt.date:
    """The Monday of the newest week that is over by ``until``."""
    return until - ((until.weekday() + 1) % 7) * DAY - 6 * DAY


def get_active_stores(until: dt.date, weeks: int = 26) -> list[StoresOfWeek]:
    """Active stores at the end of each of the ``weeks`` ended weeks (Monday to Sunday, UTC) up to ``until``, oldest
    first, from the first week in which there was one.

    A store is active if it is open and published a post or sold something (a request was paid) in the 28 days that end
    with the week. ``open`` are the stores the public saw then, on holiday or not.
    """
    last = _last_ended(until)
    mondays = [last - number * WEEK for number in range(weeks, -1, -1)]  # one more, which the first grew from
    days = ShopDay.objects.filter(day__in=[monday + 6 * DAY for monday in mondays], active_stores__isnull=False)
    counts = {
        day: (active or 0, opened) for day, active, opened in days.values_list("day", "active_stores", "open_stores")
    }
    rows: list[StoresOfWeek] = []
    for monday in mondays[1:]:
        now, opened = counts.get(monday + 6 * DAY, (0, 0))
        before = counts.get(monday - DAY, (0, 0))[0]
        if now or before or rows:
            rows.append(StoresOfWeek(monday, now, now / before - 1 if before else None, opened))
    return rows


def get_loyal_sellers(until: dt.date) -> LoyalSellers:
    """Loyal sellers: stores that posted or sold something in at least 10 of the last 12 ended weeks."""
    last = _last_ended(until)
    first = last - (OF_WEEKS - 1) * WEEK
    stores = StoreWeek.objects.filter(week__gte=first, week__lte=last).values("channel").annotate(weeks=Count("pk"))
    counts = list(stores.order_by().values_list("weeks", flat=True))
    return LoyalSellers(first, last, sum(weeks >= LOYAL_WEEKS for weeks in counts), len(counts))


def get_reply_times(until: dt.date, days: int = 90) -> list[Replies]:
    """How soon stores answer, for each of the ``days`` days that end with ``until``, oldest first: of the talks that a
    shopper began in the 28 days ending with the day, how many there are, how many were answered by the day's end, and
    the median and 90th percentile of the seconds until then.

    From the shopper's first words or pictures to the first that somebody of the team wrote after them. Automatic
    replies answer nothing; talks without an answer are counted but have no time.
    """
    rows = ShopDay.objects.filter(day__gt=until - days * DAY, day__lte=until).order_by("day")
    return [Replies(*row) for row in rows.values_list("day", "talks", "answered", "reply_median", "reply_p90")]


def get_disputes(until: dt.date, days: int = 90) -> list[Disputes]:
    """The dispute rate of each of the ``days`` days that end with ``until``, oldest first: disputes opened in the 28
    days ending with the day, of requests paid in the same 28 days.

    By when each happened: a dispute of a request paid earlier counts where it was opened. Requests that somebody
    refunded without a dispute are none.
    """
    start = until - (days + RATE_DAYS - 1) * DAY
    rows = ShopDay.objects.filter(day__gt=start, day__lte=until).values_list("day", "paid", "disputed")
    by_day = {day: (paid, disputed) for day, paid, disputed in rows}
    found = []
    for day in sorted(day for day in by_day if day > until - days * DAY):
        span = [by_day.get(day - number * DAY, (0, 0)) for number in range(RATE_DAYS)]
        found.append(Disputes(day, sum(paid for paid, _ in span), sum(disputed for _, disputed in span)))
    return found


def get_counted_at() -> dt.datetime | None:
    """When anything was counted last."""
    counted: dt.datetime | None = ShopDay.objects.aggregate(at=Max("rolled_at"))["at"]
    return counted
