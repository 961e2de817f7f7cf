"""Which ways to pay there are."""

import pytest

from payments.providers import UnknownProvider, available, get_provider


@pytest.mark.parametrize(
    ("listed", "currency", "names"),
    [
        ([], "USD", []),
        (["sandbox"], "USD", ["sandbox"]),
        (["zarinpal", "sandbox", "stripe"], "IRR", ["zarinpal", "sandbox"]),
        (["zarinpal", "sandbox", "stripe"], "TWD", ["sandbox", "stripe"]),
        (["zarinpal"], "EUR", []),
    ],
)
def test_a_currency_is_offered_what_takes_it(settings, listed: list[str], currency: str, names: list[str]):
    settings.PAYMENT_PROVIDERS, settings.STRIPE_SECRET_KEY = listed, "sk_test_x"
    assert [provider.name for provider in available(currency)] == names


@pytest.mark.parametrize("name", ["stripe", "wallet", ""])
def test_what_is_not_listed_is_not_there(settings, name: str):
    settings.PAYMENT_PROVIDERS = ["sandbox"]
    with pytest.raises(UnknownProvider):
        get_provider(name)
