"""Which words make a payment leave our protection, and which do not."""

import pytest

from chat.steering import steers_outside

OUTSIDE = [
    "Send it to DE89 3704 0044 0532 0130 00 please",
    "IBAN: de89370400440532013000",
    "شبا: IR06 2960 0000 0010 0324 2000 01",
    "واریز کنید به ۶۰۳۷ ۹۹۱۱ ۲۲۳۳ ۴۴۵۵",
    "my card is 4111-1111-1111-1111",
    "You can pay outside Bisat, it is cheaper",
    "Let's do the payment off the platform",
    "Write me on WhatsApp to pay",
    "t.me/teapots and we settle the transfer there",
    "پرداخت رو توی تلگرام هماهنگ کنیم",
    "کارت به کارت کنید",
    "بیرون از بساط پرداخت کنید ارزون‌تره",
]
INSIDE = [
    "Can I pay by card?",
    "Order 1234 5678 9012 3456 is on its way",
    "Call me at +98 912 345 6789",
    "I saw your teapot on Telegram, it is lovely",
    "Never pay outside Bisat, they say",
    "Please do not pay outside the app",
    "The outside is glazed, the inside too",
    "می‌تونم با کارت پرداخت کنم؟",
    "از تلگرام پیداتون کردم",
    "قیمتش ۳٬۸۰۰٬۰۰۰ تومنه",
    "AB12 is the name of the color",
    "Tracking number 00340434292135100186",
]


@pytest.mark.parametrize("text", OUTSIDE)
def test_warned(text):
    assert steers_outside(text) is True


@pytest.mark.parametrize("text", INSIDE)
def test_let_be(text):
    assert steers_outside(text) is False
