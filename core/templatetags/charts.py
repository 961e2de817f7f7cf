"""Charts drawn on the server: plain SVG, colored by the style sheet, read aloud by their label."""

import datetime as dt
from collections.abc import Sequence
from math import ceil
from typing import Any

from babel.dates import format_skeleton
from django import template
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from core.money import DECIMALS, babel_locale, format_money, localize_digits
from core.templatetags.bisat import compact, day, number, percent

register = template.Library()

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 58, 626, 18, 190
SPARK_WIDTH, SPARK_HEIGHT = 120, 36
X_LABELS = 4

Points = Sequence[tuple[dt.date, int]]


def _nice_step(top: int, lines: int = 3) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... with which ``lines`` steps reach ``top``."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * lines >= top:
                return step * factor
        step *= 10


def _display_unit(currency: str) -> int:
    """How many minor units make one of what people say: 100 cents, 10 rials where toman are said; 1 for counts."""
    if currency == "IRR" and (get_language() or "").startswith("fa"):
        return 10
    return 10 ** DECIMALS.get(currency, 0)


def _short_day(date: dt.date) -> str:
    """Day and month, without the year a chart of weeks does not need."""
    if (get_language() or "").startswith("fa"):
        return day(date).rsplit(" ", 1)[0]
    return localize_digits(format_skeleton("MMMd", date, locale=babel_locale()))


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _positions(
    values: Sequence[int], floor: int, ceiling: int, box: tuple[float, float, float, float]
) -> list[tuple[float, float]]:
    """Where each value stands in ``box`` (left, right, top, bottom); time runs with the direction of reading."""
    left, right, top, bottom = box
    if get_language_bidi():
        left, right = right, left
    across = (right - left) / max(1, len(values) - 1)
    up = (bottom - top) / max(1, ceiling - floor)
    return [(left + i * across, bottom - (value - floor) * up) for i, value in enumerate(values)]


@register.inclusion_tag("core/_area_chart.html")
def area_chart(points: Points, label: str, currency: str = "") -> dict[str, Any]:
    """``{% area_chart points label %}``: one line over days, filled below.

    ``points`` are (day, count), oldest first, at least one; ``label`` says what is counted. The scale starts at the
    lowest round number below the counts, so a slow growth can still be seen. With a currency the counts are its minor
    units.
    """
    values = [value for _day, value in points]
    unit = _display_unit(currency)
    step = max(unit, _nice_step(max(values) - min(values)))
    floor = min(values) // step * step
    ceiling = floor + step * max(3, -(-(max(values) - floor) // step))
    rtl = get_language_bidi()
    left, right = (WIDTH - RIGHT, WIDTH - LEFT) if rtl else (LEFT, RIGHT)
    line = _positions(values, floor, ceiling, (left, right, TOP, BOTTOM))
    every = max(1, (len(points) - 1) // (X_LABELS - 1)) if len(points) > 1 else 1
    marks = range(0, len(points), every)
    scale = range(floor, ceiling + 1, max(step, (ceiling - floor) // 3))
    heights = [BOTTOM - (value - floor) * (BOTTOM - TOP) / (ceiling - floor) for value in scale]
    return {
        "label": _("{what}: {first} on {start}, {last} on {end}.").format(
            what=label,
            first=format_money(values[0], currency) if currency else number(values[0]),
            start=_short_day(points[0][0]),
            last=format_money(values[-1], currency) if currency else number(values[-1]),
            end=_short_day(points[-1][0]),
        ),
        "line": _path(line),
        "area": f"{_path(line)}L{line[-1][0]:.1f} {BOTTOM}L{line[0][0]:.1f} {BOTTOM}z",
        "end": {"x": f"{line[-1][0]:.1f}", "y": f"{line[-1][1]:.1f}"},
        "grid": [
            {"y": f"{y:.0f}", "text_y": f"{y + 4:.0f}", "text": compact(v // unit) if currency else number(v)}
            for y, v in zip(heights, scale, strict=True)
        ],
        "days": [{"x": f"{line[i][0]:.0f}", "text": _short_day(points[i][0])} for i in marks],
        "x": {"from": left, "to": right},
        "scale_x": WIDTH - 48 if rtl else 48,
        "scale_anchor": "start" if rtl else "end",
        "size": {"width": WIDTH, "height": HEIGHT, "days_y": HEIGHT - 4},
    }


@register.inclusion_tag("core/_sparkline.html")
def sparkline(values: Sequence[int]) -> dict[str, Any]:
    """``{% sparkline counts %}``: the shape of a count, silent: the number beside it is what counts."""
    shown = list(values) or [0]
    box = (0.0, float(SPARK_WIDTH), 2.0, float(SPARK_HEIGHT - 2))
    line = _positions(shown, min(shown), max(*shown, min(shown) + 1), box)
    return {
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
        "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in line),
    }


ROW_HEIGHT = 52
FAR, NEAR = 24, 616


@register.inclusion_tag("core/_range_chart.html")
def range_chart(rows: Sequence[tuple[str, float, float, float]], label: str) -> dict[str, Any]:
    """``{% range_chart rows label %}``: a dot between its limits for each row, around a line at zero.

    ``rows`` are (what, value, low, high), at least one, parts of a whole (0.1 is 10 %); ``label`` says of what.
    """
    most = max(0.05, *(abs(end) for _what, _value, low, high in rows for end in (low, high)))
    reach = _nice_step(round(most * 100), 1) / 100
    start, end = (NEAR, FAR) if get_language_bidi() else (FAR, NEAR)

    def x(value: float) -> str:
        return f"{start + (value + reach) / (2 * reach) * (end - start):.1f}"

    said = [
        _("{what} {value} ({low} to {high})").format(what=what, value=signed(value), low=signed(low), high=signed(high))
        for what, value, low, high in rows
    ]
    return {
        "label": f"{label}: {'; '.join(said)}.",
        "rows": [
            {
                "what": what,
                "value": signed(value),
                "text_y": ROW_HEIGHT * place + 18,
                "y": ROW_HEIGHT * place + 34,
                "low": x(low),
                "high": x(high),
                "x": x(value),
                "css": "more" if low > 0 else "less" if high < 0 else "",
            }
            for place, (what, value, low, high) in enumerate(rows)
        ],
        "marks": [{"x": x(value), "text": signed(value)} for value in (-reach, 0, reach)],
        "start": start,
        "end": end,
        "size": {"width": WIDTH, "height": ROW_HEIGHT * len(rows) + 30, "bottom": ROW_HEIGHT * len(rows) + 4},
    }


@register.filter
def signed(ratio: float) -> str:
    """0.12 as +12 %, with its sign in any language."""
    words, mark = percent(abs(ratio)), "\u200e" if get_language_bidi() else ""  # else the sign goes behind
    return f"{mark}+{words}" if ratio > 0.005 else f"{mark}−{words}" if ratio < -0.005 else words


@register.inclusion_tag("core/_stack_chart.html")
def stack_chart(rows: Sequence[tuple[dt.date, Sequence[int]]], names: Sequence[str], label: str) -> dict[str, Any]:
    """``{% stack_chart rows names label %}``: a column for each day or week, its parts upon each other.

    ``rows`` are (day, counts), oldest first, at least one; ``names`` say what each count is, at most five; the first is
    at the bottom.
    """
    top = max(1, *(sum(counts) for _day, counts in rows))
    step = _nice_step(top)
    ceiling, rtl = step * -(-top // step), get_language_bidi()
    left, right = (WIDTH - RIGHT, WIDTH - LEFT) if rtl else (LEFT, RIGHT)
    slot = (right - left) / len(rows)
    every = max(1, -(-len(rows) // X_LABELS))
    columns, days = [], []
    for place, (date, counts) in enumerate(rows):
        x = right - (place + 1) * slot if rtl else left + place * slot
        base = float(BOTTOM)
        for part, count in enumerate(counts):
            high = count * (BOTTOM - TOP) / ceiling
            base -= high
            if count:
                rect = {"x": f"{x + slot * 0.15:.1f}", "y": f"{base:.1f}", "high": f"{high:.1f}", "part": part}
                columns.append(rect)
        if place % every == 0:
            days.append({"x": f"{x + slot / 2:.0f}", "text": _short_day(date)})
    totals = [sum(counts[part] for _date, counts in rows) for part in range(len(names))]
    said = "; ".join(f"{name} {number(total)}" for name, total in zip(names, totals, strict=True))
    return {
        "label": f"{label}: {said}.",
        "columns": columns,
        "wide": f"{slot * 0.7:.1f}",
        "days": days,
        "grid": [
            {"y": f"{(y := BOTTOM - v * (BOTTOM - TOP) / ceiling):.0f}", "text_y": f"{y + 4:.0f}", "text": number(v)}
            for v in range(0, ceiling + 1, step)
        ],
        "x": {"from": left, "to": right},
        "scale_x": WIDTH - 48 if rtl else 48,
        "scale_anchor": "start" if rtl else "end",
        "names": list(enumerate(names)),
        "size": {"width": WIDTH, "height": HEIGHT, "days_y": HEIGHT - 4},
    }


BAR_HEIGHT = 44


@register.inclusion_tag("core/_bar_chart.html")
def bar_chart(rows: Sequence[tuple[str, int, str]], label: str) -> dict[str, Any]:
    """``{% bar_chart rows label %}``: a bar for each row, as long as its count is of the largest.

    ``rows`` are (what, count, count in words), at least one; ``label`` says what is counted.
    """
    most, whole, rtl = max(1, *(count for _what, count, _words in rows)), NEAR - FAR, get_language_bidi()
    widths = [max(0.0, count / most * whole) for _what, count, _words in rows]
    return {
        "label": f"{label}: {'; '.join(f'{what} {words}' for what, _count, words in rows)}.",
        "rows": [
            {
                "what": what,
                "words": words,
                "text_y": BAR_HEIGHT * place + 18,
                "y": BAR_HEIGHT * place + 26,
                "x": f"{NEAR - width if rtl else FAR:.1f}",
                "width": f"{width:.1f}",
            }
            for place, ((what, _count, words), width) in enumerate(zip(rows, widths, strict=True))
        ],
        "track": {"x": FAR, "width": whole},
        "start": NEAR if rtl else FAR,
        "end": FAR if rtl else NEAR,
        "size": {"width": WIDTH, "height": BAR_HEIGHT * len(rows)},
    }


HEATS = 8


@register.inclusion_tag("core/_heat_table.html")
def heat_table(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[tuple[float | None, str]]]],
    label: str,
    is_fine: bool = False,
) -> dict[str, Any]:
    """``{% heat_table columns rows label %}``: a table whose cells are the darker, the larger their value is.

    ``rows`` are (what, cells), a cell being (value or None, value in words); with ``is_fine`` the words are heard and
    not seen, for tables of many cells. The largest value of all has the darkest cell, nothing none.
    """
    most = max((value or 0 for _what, cells in rows for value, _words in cells), default=0) or 1
    return {
        "label": label,
        "columns": columns,
        "rows": [
            {
                "what": what,
                "cells": [{"level": ceil(HEATS * (value or 0) / most), "words": words} for value, words in cells],
            }
            for what, cells in rows
        ],
        "is_fine": is_fine,
    }
