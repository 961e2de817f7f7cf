"""Charts are plain SVG that reads with the page and says its numbers aloud."""

import datetime as dt
import re

import pytest
from django.template import Context, Template
from django.utils import translation

DAYS = [dt.date(2026, 11, 1) + dt.timedelta(days=n) for n in range(28)]


def draw(source: str, **context: object) -> str:
    return Template("{% load charts %}" + source).render(Context(context))


def xs_of(svg: str) -> list[float]:
    path = re.search(r'class="now" d="M([^"]+)"', svg)
    assert path is not None
    return [float(point.split()[0]) for point in path[1].split("L")]


def test_chart_says_first_and_last_count():
    svg = draw("{% area_chart points 'Followers' %}", points=list(zip(DAYS, range(100, 128), strict=True)))
    assert re.search(r'aria-label="([^"]+)"', svg)[1] == "Followers: 100 on Nov 1, 127 on Nov 28."
    assert re.findall(r'text-anchor="end" direction="ltr">([^<]+)', svg) == ["100", "110", "120", "130"]
    assert re.findall(r'text-anchor="middle">([^<]+)', svg) == ["Nov 1", "Nov 10", "Nov 19", "Nov 28"]
    assert (xs_of(svg)[0], xs_of(svg)[-1]) == (58, 626)


def test_chart_of_persian_runs_from_right_to_left_in_persian_digits():
    with translation.override("fa"):
        svg = draw("{% area_chart points 'x' %}", points=list(zip(DAYS, range(28), strict=True)))
    assert (xs_of(svg)[0], xs_of(svg)[-1]) == (582, 14)
    assert re.findall(r'text-anchor="middle">([^<]+)', svg) == ["۱۰ آبان", "۱۹ آبان", "۲۸ آبان", "۷ آذر"]
    assert re.findall(r'direction="ltr">([^<]+)', svg) == ["۰", "۱۰", "۲۰", "۳۰"]


@pytest.mark.parametrize("counts", [[0], [5], [0, 0, 0], [7, 7], [0, 1_000_000]])
def test_chart_stays_inside_its_box(counts):
    svg = draw("{% area_chart points 'x' %}", points=list(zip(DAYS, counts, strict=False)))
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", svg)]
    assert 18 <= min(heights) <= max(heights) <= 190


def test_sparkline_is_silent_and_fills_its_height():
    svg = draw("{% sparkline counts %}", counts=[0, 5, 10])
    assert re.search(r'points="([^"]+)"', svg)[1] == "0.0,34.0 60.0,18.0 120.0,2.0"
    assert 'aria-hidden="true"' in svg


def test_ranges_stand_around_zero_and_are_read_aloud():
    rows = [("Saves", 0.12, 0.04, 0.2), ("Asks", -0.1, -0.3, 0.1)]
    svg = draw("{% range_chart rows 'Lift' %}", rows=rows)
    assert re.search(r'aria-label="([^"]+)"', svg)[1] == "Lift: Saves +12% (+4% to +20%); Asks −10% (−30% to +10%)."
    assert re.findall(r'text-anchor="middle">([^<]+)', svg) == ["−50%", "0%", "+50%"]
    assert re.findall(r'class="reach (\w*)" x1="([\d.]+)" x2="([\d.]+)"', svg) == [
        ("more", "343.7", "438.4"), ("", "142.4", "379.2"),
    ]  # fmt: skip
    with translation.override("fa"):
        mirrored = draw("{% range_chart rows 'Lift' %}", rows=rows)
    assert re.findall(r'x1="([\d.]+)" x2="([\d.]+)" y1="34"', mirrored) == [("296.3", "201.6")]
    assert "\u200e−۱۰٪" in mirrored


def test_columns_stand_upon_each_other():
    rows = [(DAYS[0], [2, 1]), (DAYS[7], [0, 6])]
    svg = draw("{% stack_chart rows names 'Moods' %}", rows=rows, names=["Bad", "Good"])
    assert re.search(r'aria-label="([^"]+)"', svg)[1] == "Moods: Bad 2; Good 7."
    parts = re.findall(r'class="part-(\d)" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', svg)
    assert parts == [("0", "100.6", "132.7", "57.3"), ("1", "100.6", "104.0", "28.7"), ("1", "384.6", "18.0", "172.0")]
    assert re.findall(r"</svg>(\w+)", svg) == ["Bad", "Good"]


def test_bars_are_as_long_as_their_count_and_begin_where_reading_does():
    rows = [("Seen", 200, "200"), ("Paid", 50, "50"), ("Released", 0, "0")]
    svg = draw("{% bar_chart rows 'Steps' %}", rows=rows)
    assert re.search(r'aria-label="([^"]+)"', svg)[1] == "Steps: Seen 200; Paid 50; Released 0."
    bars = r'class="bar" x="([^"]+)" width="([^"]+)"'
    assert re.findall(bars, svg) == [("24.0", "592.0"), ("24.0", "148.0"), ("24.0", "0.0")]
    with translation.override("fa"):
        svg = draw("{% bar_chart rows 'x' %}", rows=rows)
    assert re.findall(bars, svg) == [("24.0", "592.0"), ("468.0", "148.0"), ("616.0", "0.0")]


def test_the_most_of_a_heat_table_is_the_darkest_and_nothing_is_bare():
    rows = [("Mon", [(8, "8"), (1, "1")]), ("Tue", [(0, "0"), (None, "–")])]
    html = draw("{% heat_table columns rows 'Looks' %}", columns=["6", ""], rows=rows)
    assert re.findall(r'class="heat-(\d)">([^<]+)', html) == [("8", "8"), ("1", "1"), ("0", "0"), ("0", "–")]
    assert (html.count('scope="col"'), html.count('scope="row"'), html.count("<caption>Looks")) == (1, 2, 1)
    fine = draw("{% heat_table columns rows 'Looks' True %}", columns=["6", ""], rows=rows)
    assert (fine.count("<span>"), 'class="heat fine"' in fine) == (4, True)


def test_a_heat_table_of_nothing_has_no_dark_cell():
    html = draw("{% heat_table columns rows 'x' %}", columns=["a"], rows=[("b", [(0, "0")])])
    assert re.findall(r"heat-\d", html) == ["heat-0"]
