"""Digests and quiet hours follow the clocks of the person's market."""

import datetime as dt

import pytest

from news import hours
from tests.factories import make_user


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("market", "weekly", "after", "expected"),
    [
        ("us", False, "2026-01-14 13:59", "2026-01-14 14:00"),  # 9 in New York
        ("us", False, "2026-01-14 14:00", "2026-01-15 14:00"),
        ("us", False, "2026-03-07 14:00", "2026-03-08 13:00"),  # clocks went forward
        ("us", True, "2026-01-14 14:00", "2026-01-18 14:00"),  # Sunday
        ("eu", True, "2026-01-14 14:00", "2026-01-19 08:00"),  # Monday
        ("ir", True, "2026-01-14 14:00", "2026-01-17 05:30"),  # Saturday
        ("ir", True, "2026-01-17 05:30", "2026-01-24 05:30"),
        ("tw", False, "2026-01-14 14:00", "2026-01-15 01:00"),
    ],
)
def test_next_digest(db, market, weekly, after, expected):
    person = make_user(market=market)
    assert hours.next_digest(person, weekly=weekly, hour=9, after=utc(after)) == utc(expected)


@pytest.mark.parametrize(
    ("start", "end", "now", "expected"),
    [
        (22, 8, "2026-01-14 18:29", None),  # 21:59 in Tehran
        (22, 8, "2026-01-14 18:30", "2026-01-15 04:30"),
        (22, 8, "2026-01-15 04:29", "2026-01-15 04:30"),
        (22, 8, "2026-01-15 04:30", None),
        (1, 6, "2026-01-14 22:00", "2026-01-15 02:30"),
        (1, 6, "2026-01-14 18:30", None),
        (None, None, "2026-01-14 18:30", None),
    ],
)
def test_end_of_quiet(db, start, end, now, expected):
    person = make_user(market="ir")
    found = hours.end_of_quiet(person, start=start, end=end, now=utc(now))
    assert found == (utc(expected) if expected else None)
