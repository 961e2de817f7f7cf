"""Words are made for the reader: her language, her digits, her clocks."""

import pytest
from django.utils import timezone, translation

from news import kinds

PARAMS = {
    "buyer": "Ali",
    "amount": {"minor": 415000, "currency": "IRR"},
    "n": 1200,
    "due_at": "2026-03-20T20:30:00+00:00",
}


def test_numbers_money_and_times_read_as_people_write_them():
    words = kinds.render("paid", PARAMS)
    assert words == kinds.Words(
        "Ali paid IRR\u00a0415,000", "For 1,200 things, due March 20, 2026, 20:30", "shield-check"
    )


def test_in_persian():
    with translation.override("fa"), timezone.override("Asia/Tehran"):
        words = kinds.render("paid", PARAMS | {"buyer": "علی"})
    assert words.title == "\u2068علی\u2069 paid ۴۱٬۵۰۰ تومان"
    assert words.body.startswith("For ۱٬۲۰۰ things, due ۱ فروردین ۱۴۰۵")
    assert words.body.endswith("۰۰:۰۰")


def test_a_name_that_runs_the_other_way_keeps_to_itself():
    assert kinds.render("asked", {"buyer": "علی"}).title == "\u2068علی\u2069 asked"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"buyer": 1.5},
        {"buyer": None},
        {"buyer": {"minor": 1}},
        {"buyer": {"minor": 1, "currency": "ZZZ"}},
        {"buyer": [1]},
    ],
)
def test_what_cannot_be_put_into_words_is_refused(params):
    with pytest.raises(kinds.BadParams):
        kinds.render("asked", params)


def test_a_time_that_is_none_is_refused():
    with pytest.raises(kinds.BadParams):
        kinds.render("paid", PARAMS | {"due_at": "tomorrow"})


def test_unknown_kinds_are_refused():
    with pytest.raises(kinds.UnknownKind):
        kinds.render("nothing", {})


def test_two_kinds_of_one_name_are_refused():
    kinds.register(kinds.get("asked"))
    with pytest.raises(ValueError, match="another kind asked"):
        kinds.register(kinds.Kind("asked", kinds.Group.MONEY, "Other"))


def test_groups_in_use():
    assert kinds.groups() == list(kinds.Group)
