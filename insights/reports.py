"""Staff's pages of insights: what each shows of the definitions in ``insights.selectors``."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.markets import MARKETS
from core.templatetags.bisat import day, money, number, percent
from core.templatetags.charts import signed
from insights import selectors
from insights.models import Feedback
from insights.tables import NOTHING, Column, Table, part, span


class Chart(NamedTuple):
    """``kind`` names the tag that draws ``data``: area, bars, heat or stack (``columns``: heads, or names of the parts)."""

    kind: str
    label: str
    data: Sequence[Any]
    currency: str = ""
    columns: Sequence[str] = ()


class Report(NamedTuple):
    """``says`` is the definition in words; ``figures`` are (what, value in words)."""

    says: str
    figures: list[tuple[str, str]]
    charts: list[Chart]
    table: Table


def shoppers(until: dt.date) -> Report:
    rows = selectors.get_shoppers(until)
    names = (_("Daily shoppers"), _("Weekly shoppers"), _("Monthly shoppers"))
    newest = rows[-1]
    return Report(
        _(
            "Different people and guests who did something in the shop, on the day or in the 7 and 30 days that "
            "end with it. Staff and robots are left out."
        ),
        [(name, number(count)) for name, count in zip(names, newest[1:], strict=True)]
        + [(_("Daily of monthly"), percent(newest.daily / newest.monthly) if newest.monthly else NOTHING)],
        [Chart("area", name, [(row.day, row[place]) for row in rows]) for place, name in enumerate(names, 1)],
        Table([Column(_("Day"), "day"), *map(Column, names)], rows[::-1]),
    )


def retention(until: dt.date) -> Report:
    rows = selectors.get_retention(until)
    heads = [_("After 1 day"), _("After 7 days"), _("After 30 days")]
    heat = [
        (
            _("{day} ({people})").format(day=day(row.week), people=number(row.people)),
            [(share, NOTHING if share is None else percent(share)) for share in row.returned],
        )
        for row in rows
    ]
    columns = [Column(_("Week from"), "day"), Column(_("New shoppers")), *(Column(head, "percent") for head in heads)]
    label = _("Of the new shoppers of each week, those who were here again so long after their first day")
    return Report(
        _(
            "Exactly that day, not by then. A first day counts once its later day is over, so the newest weeks are not complete."
        ),
        [],
        [Chart("heat", label, heat, columns=heads)] if rows else [],
        Table(columns, [(row.week, row.people, *row.returned) for row in reversed(rows)]),
    )


def time_in_shop(until: dt.date) -> Report:
    rows = selectors.get_time_in_shop(until)
    newest = rows[-1]
    return Report(
        _(
            "Gaps of at most 30 minutes between signs of a person while the page is in front, added up. Minutes "
            "of a shopper of whom a time is known."
        ),
        [
            (_("On average"), span(newest.mean)),
            (_("Median"), span(newest.median)),
            (_("Shoppers with a time"), number(newest.shoppers)),
        ],
        [Chart("area", _("Seconds of a shopper, on average"), [(row.day, round(row.mean)) for row in rows])],
        Table(
            [
                Column(_("Day"), "day"),
                Column(_("Shoppers with a time")),
                Column(_("Together"), "span"),
                Column(_("On average"), "span"),
                Column(_("Median"), "span"),
            ],
            [(row.day, row.shoppers, row.seconds, round(row.mean, 1), row.median) for row in reversed(rows)],
        ),
    )


def stores(until: dt.date) -> Report:
    rows, loyal = selectors.get_active_stores(until), selectors.get_loyal_sellers(until)
    figures = [
        (
            _("Loyal sellers"),
            _("{loyal} of {stores}").format(loyal=number(loyal.loyal), stores=number(loyal.of)),
        )
    ]
    if rows:
        growth = rows[-1].growth
        figures = [
            (_("Active stores last week"), number(rows[-1].active)),
            (_("Growth"), NOTHING if growth is None else signed(growth)),
            *figures,
        ]
    points = [(row.week, row.active) for row in rows]
    return Report(
        _(
            "Active: open, with a post or a sale in the 28 days up to the week's end. Loyal: a post or a sale in 10 of "
            "the last 12 weeks, of all with one in them."
        ),
        figures,
        [Chart("area", _("Active stores by week"), points)] if rows else [],
        Table(
            [
                Column(_("Week from"), "day"),
                Column(_("Active stores")),
                Column(_("Growth"), "percent"),
                Column(_("Open stores")),
            ],
            rows[::-1],
        ),
    )


def funnel(until: dt.date) -> Report:
    rows = selectors.get_funnel(until)
    names = [_("Seen"), _("Asked"), _("Requested"), _("Paid"), _("Released")]
    whole = rows[0][1:] if rows else ()
    bars = [(name, count, number(count)) for name, count in zip(names, whole, strict=False)]
    return Report(
        _(
            "The last 28 days; each step counts on the day it happened. Seen: once for each person, thing and "
            "day. Asked: talks begun about a thing. Requested, paid, released: requests of money for a thing."
        ),
        [(_("Paid of seen"), part(rows[0].paid / rows[0].seen))] if rows and rows[0].seen else [],
        [Chart("bars", _("From seeing to money"), bars)] if rows else [],
        Table(
            [Column(_("Category"), "text"), *map(Column, names)],
            [(row.category or _("All categories"), *row[1:]) for row in rows],
        ),
    )


def service(until: dt.date) -> Report:
    replies, disputes = selectors.get_reply_times(until), selectors.get_disputes(until)
    newest, rate = replies[-1], disputes[-1].rate
    figures = [
        (_("Reply time, median"), NOTHING if newest.median is None else span(newest.median)),
        (_("Reply time, 90 of 100 within"), NOTHING if newest.p90 is None else span(newest.p90)),
        (_("Answered"), percent(newest.answered / newest.talks) if newest.talks else NOTHING),
        (_("Disputes of payments"), NOTHING if rate is None else part(rate)),
    ]
    minutes = [(row.day, row.median // 60) for row in replies if row.median is not None]
    rates = {row.day: row for row in disputes}
    heads = [
        Column(_("Day"), "day"),
        Column(_("Talks")),
        Column(_("Answered")),
        Column(_("Median"), "span"),
        Column(_("90 of 100 within"), "span"),
        Column(_("Paid")),
        Column(_("Disputed")),
        Column(_("Dispute rate"), "percent"),
    ]
    return Report(
        _(
            "Each day looks back 28 days. Reply time: from a shopper’s first words to the first of the team, "
            "automatic replies left out. Dispute rate: disputes opened, of requests paid in the same days."
        ),
        figures,
        [Chart("area", _("Median reply time in minutes"), minutes)] if minutes else [],
        Table(
            heads,
            [(*row, rates[row.day].paid, rates[row.day].disputed, rates[row.day].rate) for row in reversed(replies)],
        ),
    )


def ads(until: dt.date) -> Report:
    found, owed = selectors.get_ad_money(until), selectors.get_owed()
    figures, charts, rows = [], [], []
    for currency, days in found.items():
        income, lent, repaid = (sum(amounts) for amounts in zip(*(row[1:] for row in days), strict=True))
        figures += [
            (_("Ad revenue in {currency}").format(currency=currency), money(income, currency)),
            (_("Repaid of lent"), f"{money(repaid, currency)} / {money(lent, currency)}"),
        ]
        points = [(row.day, row.income_minor) for row in days]
        charts.append(Chart("area", _("Ad revenue in {currency}").format(currency=currency), points, currency))
        rows += [(row.day, currency, *((amount, currency) for amount in row[1:])) for row in reversed(days)]
    figures += [
        (_("Owed now in {currency}").format(currency=currency), money(amount, currency))
        for currency, amount in owed.items()
    ]
    heads = [Column(_("Day"), "day"), Column(_("Currency"), "text")]
    heads += [Column(head, "money") for head in (_("Revenue"), _("Lent"), _("Repaid"))]
    return Report(
        _("The last 90 days, as the ledger has them. Debt that was written off is not repaid."),
        figures,
        charts,
        Table(heads, rows),
    )


def searches(until: dt.date) -> Report:
    rows, terms = selectors.get_searches(until), selectors.get_zero_results(until)
    total = sum(row.searches for row in rows)
    figures = []
    if total:
        figures = [
            (_("Searches in 28 days"), number(total)),
            (_("Led to a thing"), percent(sum(row.clicked for row in rows) / total)),
            (_("Found nothing"), percent(1 - sum(row.found for row in rows) / total)),
        ]
    bars = [
        (
            _("{market}, {language}").format(market=MARKETS[row.market].name, language=row.language),
            row.searches,
            _("{searches}, {success} led to a thing").format(
                searches=number(row.searches), success=percent(row.success)
            ),
        )
        for row in rows
        if row.market in MARKETS
    ]
    return Report(
        _(
            "Pages of results that were left, in the last 28 days. Nobody’s: the log knows words, market and "
            "language, and keeps no words that look like an address or a number. Below: what found nothing, the "
            "most frequent first."
        ),
        figures,
        [Chart("bars", _("Searches by market and language"), bars)] if bars else [],
        Table([Column(_("Words"), "text"), Column(_("Market"), "text"), Column(_("Searches"))], terms),
    )


def feedback(until: dt.date) -> Report:
    rows = selectors.get_moods_by_week(until)
    moods = [str(label) for label in Feedback.Mood.labels]
    told = [(week, sum(counts), *counts) for week, counts in rows]
    sums = [sum(counts[mood] for _week, counts in rows) for mood in range(len(moods))]
    total = sum(sums)
    return Report(
        _("What people said with “Tell us”, by weeks that begin on Monday (UTC), the current one as far as it is."),
        [
            (_("Told in 12 weeks"), number(total)),
            (_("Good or great"), percent(sum(sums[3:]) / total) if total else NOTHING),
        ],
        [Chart("stack", _("Moods by week"), rows, columns=moods)],
        Table([Column(_("Week from"), "day"), Column(_("Told")), *map(Column, moods)], told[::-1]),
    )


class Page(NamedTuple):
    title: str | Promise
    make: Callable[[dt.date], Report]


PAGES = {
    "shoppers": Page(gettext_lazy("Shoppers"), shoppers),
    "retention": Page(gettext_lazy("Who comes back"), retention),
    "time": Page(gettext_lazy("Time in shop"), time_in_shop),
    "stores": Page(gettext_lazy("Stores"), stores),
    "funnel": Page(gettext_lazy("From seeing to money"), funnel),
    "service": Page(gettext_lazy("Replies and disputes"), service),
    "ads": Page(gettext_lazy("Ads"), ads),
    "searches": Page(gettext_lazy("Searches"), searches),
    "feedback": Page(gettext_lazy("What people tell us"), feedback),
}
