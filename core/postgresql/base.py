"""Django's PostgreSQL backend, with a pool that costs a request no question of its own.

Django has the server answer an empty statement before it hands out a connection of the pool. But a server that ended
one has said so, and a connection that was left in peace is silent: only one that has something to say is asked.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Wants CONN_HEALTH_CHECKS off where there is a pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_alive(connection):
            self.pool.putconn(connection)  # it is closed: the pool lets go of it
            connection = super().get_new_connection(conn_params)
        return connection


def _is_alive(connection: psycopg.Connection[Any]) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        try:
            connection.execute("")
        except psycopg.OperationalError:
            return False
    return True
