"""Numbers, dates and pictures as pages write them."""

import datetime as dt

import pytest
from django.utils import translation

from core.models import Picture
from core.templatetags import bisat


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["1,234,567", "4.5", "18.2K", "22%", "−22%"]),
        ("fa", ["۱٬۲۳۴٬۵۶۷", "۴٫۵", "۱۸٫۲\xa0هزار", "۲۲٪", "−۲۲٪"]),
        ("zh-hant", ["1,234,567", "4.5", "1.8萬", "22%", "−22%"]),
    ],
)
def test_numbers_wear_the_digits_and_marks_of_the_language(language: str, shown: list[str]):
    with translation.override(language):
        assert [
            bisat.number(1234567), bisat.number(4.5), bisat.compact(18200), bisat.percent(0.22), bisat.discount(78, 100),
        ] == shown  # fmt: skip


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "November 2026"), ("fa", "آبان ۱۴۰۵"), ("zh-hant", "2026年11月")]
)
def test_a_month_has_its_year(language: str, shown: str):
    with translation.override(language):
        assert bisat.month(dt.date(2026, 11, 21)) == shown


@pytest.mark.parametrize(
    ("most", "source", "offered"),
    [
        (1600, "480.webp", ["240w", "480w", "960w"]),
        (480, "480.webp", ["240w", "480w"]),
        (240, "240.webp", []),  # one copy needs no choice
    ],
)
def test_a_place_offers_only_the_copies_it_can_use(most: int, source: str, offered: list[str]):
    pic = Picture(key="ab" * 16, width=960, height=960, widths=[240, 480, 960])
    shown = bisat.picture(pic, most=most)
    copies = [copy.split()[1] for copy in shown["srcset"].split(", ") if copy]
    assert (shown["src"].rpartition("/")[2], copies) == (source, offered)


@pytest.mark.parametrize(
    ("fixed", "source", "dense"),
    [(68, "240.webp", ""), (176, "240.webp", "480.webp 2x"), (240, "240.webp", "480.webp 2x")],
)
def test_a_picture_of_one_size_offers_a_copy_for_dense_screens(fixed: int, source: str, dense: str):
    pic = Picture(key="ab" * 16, width=960, height=960, widths=[240, 480, 960])
    shown = bisat.picture(pic, fixed=fixed)
    assert (shown["src"].rpartition("/")[2], shown["srcset"].rpartition("/")[2], shown["sizes"]) == (source, dense, "")
