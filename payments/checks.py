"""What the running database must say about the ledger (``manage.py check --database default``)."""

import os
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_POST = "payments_post(text, text, bigint, integer, bytea, bigint, text, jsonb)"
_RIGHTS = """
SELECT tableowner = current_user,
    has_table_privilege('payments_posting', 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_table_privilege('payments_entry', 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege('payments_account', 'INSERT, UPDATE'),
    has_function_privilege(%s, 'EXECUTE')
FROM pg_tables WHERE schemaname = 'public' AND tablename = 'payments_posting'
"""


@register(Tags.database)
def ledger_has_one_door(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The program posts by ``payments_post`` and writes to no table of the ledger itself."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT to_regprocedure(%s)", [_POST])
            if cursor.fetchone()[0] is None:
                continue  # not migrated yet
            cursor.execute(_RIGHTS, [_POST])
            row = cursor.fetchone()
        if row is None or row[0] or "BISAT_AS_OWNER" in os.environ:
            continue  # core's check warns where owner and program are one
        if row[1] or not row[2]:
            hint = "Grant by default privileges only, as the README says, and let the migrations take rights away."
            found.append(
                Error("The program's role has other rights on the ledger than it needs.", hint=hint, id="bisat.E003")
            )
    return found
