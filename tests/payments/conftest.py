"""Money in tests: a buyer with a wallet, and a request."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from payments.models import MoneyRequest
    from sellers.models import Channel


@pytest.fixture
def buyer(shopper: "User") -> "User":
    """The shopper with 500.00 dollars in her wallet."""
    from tests.payments.market import fill_wallet

    fill_wallet(shopper, 500_00)
    return shopper


@pytest.fixture
def request_(buyer: "User", channel: "Channel") -> "MoneyRequest":
    """A request of 100.00 dollars that waits for the buyer."""
    from tests.payments.market import ask

    return ask(channel, buyer, 100_00)
