"""What a pool hands out is alive, whatever the server did meanwhile."""

from collections.abc import Iterator

import pytest
from django.db import ConnectionHandler, connection
from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled() -> Iterator[BaseDatabaseWrapper]:
    """A connection of the same database that comes from a pool of one."""
    options = connection.settings_dict["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 10}}
    handler = ConnectionHandler(
        {"default": connection.settings_dict | {"OPTIONS": options, "CONN_HEALTH_CHECKS": False}}
    )
    handed_out = handler["default"]
    yield handed_out
    handed_out.close()
    handed_out.close_pool()  # type: ignore[attr-defined]


def process_of(pooled: BaseDatabaseWrapper) -> int:
    with pooled.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_connection_is_used_again(pooled: BaseDatabaseWrapper):
    first = process_of(pooled)
    pooled.close()
    assert process_of(pooled) == first


def test_one_the_server_ended_is_replaced(pooled: BaseDatabaseWrapper):
    first = process_of(pooled)
    pooled.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        assert cursor.fetchone() == (True,)
    assert process_of(pooled) != first
