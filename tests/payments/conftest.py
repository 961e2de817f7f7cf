"""Money in tests: a buyer with a wallet, a request, and the program's unprivileged role."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
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


@pytest.fixture(scope="session")
def _program_may_be_played(django_db_setup: None) -> str:
    """The tests' owner may step into the program's role, which owns nothing; returns its name."""
    from core import embedded
    from tests import servers

    facts = json.loads(embedded.Postgres(servers.HOME).secrets.read_text())
    address = f"host=127.0.0.1 port={facts['port']} user=postgres password={facts['postgres']} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"GRANT {embedded.PROGRAM} TO {embedded.OWNER}")
    return embedded.PROGRAM


@pytest.fixture
def as_program(db: None, _program_may_be_played: str) -> Iterator[None]:
    """From here on the test speaks to the database as the program does in production."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {_program_may_be_played}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
