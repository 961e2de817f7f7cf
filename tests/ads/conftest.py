"""People and money that tests of ads share with those of payments."""

from tests.payments.conftest import buyer

__all__ = ["buyer"]
