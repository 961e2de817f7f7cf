"""People and money that tests of ads share with those of payments."""

from tests.payments.conftest import _program_may_be_played, as_program, buyer

__all__ = ["_program_may_be_played", "as_program", "buyer"]
