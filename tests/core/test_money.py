"""Amounts: what people type and what they read."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import money


@pytest.mark.parametrize(
    ("text", "currency", "toman", "minor"),
    [
        ("38", "USD", False, 3800),
        ("38.5", "EUR", False, 3850),
        ("1,299.95", "USD", False, 129995),
        ("۳۸٬۵۰۰", "IRR", True, 385000),
        ("٣٨٫٥", "USD", False, 3850),
        ("0", "TWD", False, 0),
    ],
)
def test_typed_amounts(text: str, currency: str, toman: bool, minor: int):
    assert money.parse_amount(text, currency, toman=toman) == minor


@pytest.mark.parametrize("text", ["", "abc", "1e3", "NaN", "Infinity", "-1", "1.234", "12345678901234", "1.5.2"])
def test_what_is_not_an_amount_is_refused(text: str):
    with pytest.raises(money.NotAnAmount):
        money.parse_amount(text, "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (4800, "USD", "en", "$48"),
        (129995, "USD", "en", "$1,299.95"),
        (4850, "EUR", "en", "€48.50"),
        (128000, "TWD", "en", "NT$128,000"),
        (3850000, "IRR", "fa", "۳۸۵٬۰۰۰ تومان"),
        (129995, "USD", "fa", "$۱٬۲۹۹٫۹۵"),
        (3850000, "IRR", "en", "IRR\xa03,850,000"),
        (1280, "TWD", "zh-hant", "NT$1,280"),
        (129995, "USD", "zh-hant", "US$1,299.95"),
    ],
)
def test_shown_amounts(minor: int, currency: str, language: str, shown: str):
    with translation.override(language):
        assert money.format_money(minor, currency) == shown


@given(minor=st.integers(0, money.MAX_MINOR), currency=st.sampled_from(sorted(money.DECIMALS)))
def test_a_field_shows_what_it_reads(minor: int, currency: str):
    assert money.parse_amount(money.plain_amount(minor, currency), currency) == minor


@given(toman=st.integers(0, money.MAX_MINOR // 10))
def test_toman_is_ten_rials(toman: int):
    assert money.parse_amount(str(toman), "IRR", toman=True) == toman * 10
