"""A seller's insights: what becomes of her channel and its things."""

import datetime as dt

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.pages import Request
from core.spreadsheets import csv_response
from core.templatetags.bisat import digits, number
from insights import selectors
from insights.models import Place
from insights.selectors import ChannelInsights
from insights.tables import Column, Table, plain_lines
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page

CHARTS = ("seen", "saved", "asked", "paid")
LABELLED_HOURS = 6  # every so many hours the heat map says which it is


@team_page(Role.MANAGER)
@require_GET
def channel(request: Request, channel: Channel) -> HttpResponseBase:
    """The last 28 days that are over, drawn; ``format=csv`` gives them away."""
    until = selectors.get_last_day()
    if until is None:
        return render(request, "insights/channel_detail.html", desk(channel, "insights"))
    found = selectors.get_channel_insights(channel, until)
    if request.GET.get("format") == "csv":
        return csv_response(plain_lines(_table(found)), f"{channel.handle}-{until}")
    words = _words()
    total = found.total
    context = desk(
        channel,
        "insights",
        until=until,
        is_empty=not any((*total[1:], *found.before[1:], found.sources)),
        counts=[(label, getattr(total, name), getattr(found.before, name)) for name, label in words.items()],
        charts=[
            (words[name], [(day.day, getattr(day, name)) for day in found.days])
            for name in CHARTS
            if getattr(total, name)
        ],
        hours=_heat(found) if any(map(any, found.hours)) else None,
        hour_heads=[digits(hour) if hour % LABELLED_HOURS == 0 else "" for hour in range(24)],
        best=_best(found),
        sources=[(str(Place(way.place).label), way.visits, number(way.visits)) for way in found.sources],
    )
    return render(request, "insights/channel_detail.html", context)


def _words() -> dict[str, str]:
    return {
        "shown": _("Shown in lists"),
        "seen": _("Seen"),
        "saved": _("Saved"),
        "asked": _("Asked"),
        "requested": _("Money asked for"),
        "paid": _("Paid"),
        "followed": _("New followers"),
    }


def _table(found: ChannelInsights) -> Table:
    return Table([Column(_("Day"), "day"), *map(Column, _words().values())], found.days[::-1])


def _heat(found: ChannelInsights) -> list[tuple[str, list[tuple[float | None, str]]]]:
    return [
        (
            str(WEEKDAYS_ABBR[weekday]),
            [
                (count, _("{hour}:00, {count} seen").format(hour=digits(hour), count=number(count)))
                for hour, count in enumerate(counts)
            ],
        )
        for weekday, counts in enumerate(found.hours)
    ]


def _best(found: ChannelInsights) -> tuple[dt.date, str] | None:
    """The weekday and hour in which most was seen: a day that is such a weekday, and the hour in words."""
    most, weekday, hour = max(
        (count, -weekday, -hour) for weekday, counts in enumerate(found.hours) for hour, count in enumerate(counts)
    )
    monday = dt.date(2024, 1, 1)
    return (monday - dt.timedelta(days=weekday), digits(-hour)) if most else None
