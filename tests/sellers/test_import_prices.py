"""Prices in what people write."""

import pytest

from sellers.imports.prices import find_price, find_prices


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("قیمت: ۲۵۰٬۰۰۰ تومان", "IRR", 2_500_000),
        ("قیمت ۲۵۰ هزار تومان", "IRR", 2_500_000),
        ("۲۵۰ هزار تومن", "IRR", 2_500_000),
        ("فقط 180 تومن!", "IRR", 1_800_000),
        ("٢٥٠ هزارتومان", "IRR", 2_500_000),
        ("۱.۵ میلیون تومان", "IRR", 15_000_000),
        ("۲/۵ میلیون تومان", "IRR", 25_000_000),
        ("۲ میلیون و ۵۰۰ هزار تومان", "IRR", 25_000_000),
        ("یک جفت، ۳۲۰ت", "IRR", 3_200_000),
        ("۱۲۰۰۰۰۰ ریال", "IRR", 1_200_000),
        ("۱٬۲۰۰٬۰۰۰ ريال", "IRR", 1_200_000),
        ("Bowl, $38", "USD", 3800),
        ("Bowl 38$", "USD", 3800),
        ("1,250.50 USD", "USD", 125050),
        ("US$ 12", "USD", 1200),
        ("Vase 45€", "EUR", 4500),
        ("€ 45.90", "EUR", 4590),
        ("花瓶 NT$1,200", "TWD", 1200),
        ("NT$ 350", "TWD", 350),
        ("售價 1200元", "TWD", 1200),
        ("1.2萬元", "TWD", 12000),
        ("size 40, 3 left, $5", "USD", 500),
    ],
)
def test_price_is_found(text, currency, minor):
    found = find_price(text, currency)
    assert found
    assert found.minor == minor


@pytest.mark.parametrize(
    "text",
    ["", "Good morning", "Open 9 to 18", "call 09121234567", "30 x 40 cm", "100%", "2024", "$0", "NT$1.5",
     "$99999999999999", "تومان", "v1.2.3"],
)  # fmt: skip
def test_no_price_is_found(text):
    assert find_prices(text) == []


def test_another_currency_is_none_of_ours():
    assert (find_price("€45", "USD"), [price.currency for price in find_prices("€45 or $50")]) == (None, ["EUR", "USD"])
