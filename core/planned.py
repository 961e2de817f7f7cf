"""Statements that PostgreSQL plans once a connection: for those whose planning costs more than their work.

The best plan is the same whoever asks: they begin with a key, or with the beginning of an index, of one channel or
person, or with the index of words where nothing else is left to choose (shop.ranking.by_words). A market's lists that
somebody filters are none of them.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def fetch(sql: str, params: Sequence[Any] | dict[str, Any]) -> list[Any]:
    """All rows. From its fifth time on a connection the statement is prepared, unless DATABASE_PREPARED is off, as it
    must be behind a pooler that gives each transaction another connection and knows no prepared statements."""
    connection.ensure_connection()
    with connection._prepare_cursor(psycopg.Cursor(connection.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows
