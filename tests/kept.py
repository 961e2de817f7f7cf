"""What takes long to make: made by the first test that asks, copied into the database of those that follow."""

import pickle
from collections.abc import Callable
from typing import TypeVar

from django.apps import apps
from django.db import connection

Made = TypeVar("Made")
_kept: dict[Callable[[], object], tuple[bytes, dict[str, bytes]]] = {}  # the answer, and rows by table and columns


def keep(make: Callable[[], Made]) -> Made:
    """What ``make`` answers (it can be pickled), with the rows it adds to tables that number theirs.

    Numbers are never given twice in a run, so kept rows meet no others.
    """
    if make in _kept:
        answer, tables = _kept[make]
        with connection.cursor() as cursor:
            for table, rows in tables.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        return pickle.loads(answer)  # noqa: S301 - our own
    before = _last_numbers()
    made = make()
    added = {table: before[table] for table, last in _last_numbers().items() if last > before[table]}
    _kept[make] = pickle.dumps(made), dict(_read(table, last) for table, last in added.items())
    return made


def _last_numbers() -> dict[str, int]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.pk.column == "id"]
    queries = [f"SELECT '{each._meta.db_table}', coalesce(max(id), 0) FROM {each._meta.db_table}" for each in models]  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        return dict(cursor.fetchall())


def _read(table: str, last: int) -> tuple[str, bytes]:
    """The table with its columns that are not computed, and its rows after number ``last``."""
    written = "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
    with connection.cursor() as cursor:
        cursor.execute(f"{written} WHERE table_name = %s AND is_generated = 'NEVER'", [table])
        columns = cursor.fetchone()[0]
        query = f"SELECT {columns} FROM {table} WHERE id > {last}"  # noqa: S608 - our own names
        with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
            return f"{table} ({columns})", b"".join(bytes(block) for block in copy)
