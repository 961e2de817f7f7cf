"""Tokens of ads: signed, ten minutes, once."""

import datetime as dt

import pytest
from django.utils import timezone

from ads import tokens
from ads.buffer import events
from ads.models import Event
from ads.services import record


def token(**fields) -> tokens.Token:
    now = int(timezone.now().timestamp())
    return tokens.Token(**{"campaign_id": 1, "placement": "tab", "who": "p7", "price_minor": 9, "at": now} | fields)


def test_a_token_comes_back_as_it_was_made():
    made = token()
    assert tokens.read(tokens.make(made)) == made
    assert (made.person_id, token(who="gabc").person_id) == (7, None)


def test_what_is_not_signed_by_us_is_refused():
    made = tokens.make(token())
    for text in (made[1:], made[:-1], "x", ""):
        with pytest.raises(tokens.BadToken):
            tokens.read(text)


def test_it_is_late_after_ten_minutes():
    now = int(timezone.now().timestamp())
    assert [token(at=now - age).is_late for age in (0, 590, 605)] == [False, False, True]
    assert token(at=now + 60).is_late


def test_what_comes_again_is_counted_and_not_added(db):
    day = dt.date(2026, 3, 20)
    made, other = token(), token(who="p8")
    for each in (made, made, other):
        record(token=each, kind=Event.Kind.CLICK, day=day, person_id=each.person_id)
    rows = [(1, "click", each.who, each.window_at, timezone.now(), day, None, "tab", 9, "") for each in (made, made)]
    events.put(rows)  # in one batch too
    found = Event.objects.order_by("who").values_list("who", "repeats", "price_minor")
    assert list(found) == [("p7", 3, 9), ("p8", 0, 9)]
