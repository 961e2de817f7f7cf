"""Statements that PostgreSQL plans once a connection: for the few whose planning costs more than their work."""

from typing import Any

import psycopg
from django.db import connection


def fetch(sql: str, params: dict[str, Any]) -> list[Any]:
    """All rows. From its fifth time on a connection the statement is prepared, unless DATABASE_PREPARED is off, as it
    must be behind a pooler that gives each transaction another connection and knows no prepared statements."""
    connection.ensure_connection()
    with connection._prepare_cursor(psycopg.Cursor(connection.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows
