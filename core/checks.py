"""System checks that only a running database can answer (``manage.py check --database default``)."""

import os
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def database_speaks_persian(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With lc_ctype C pg_trgm makes no trigrams of Persian letters, and search goes blind without an error."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension")
            missing = {"pg_trgm", "unaccent", "btree_gin"} - {row[0] for row in cursor.fetchall()}
            if missing and "BISAT_AS_OWNER" in os.environ:
                continue  # the first migration makes them: the owner may, these are trusted
            if missing:
                found.append(
                    Error(
                        f"PostgreSQL lacks {', '.join(sorted(missing))}.",
                        hint="CREATE EXTENSION as a superuser.",
                        id="bisat.E001",
                    )
                )
                continue
            cursor.execute("SELECT cardinality(show_trgm('گوشی'))")
            if not cursor.fetchone()[0]:
                found.append(
                    Error(
                        "This database cannot see Persian letters.",
                        hint="Create it with LC_CTYPE C.UTF-8 or another UTF-8 locale.",
                        id="bisat.E002",
                    )
                )
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
            if cursor.fetchone()[0] and "BISAT_AS_OWNER" not in os.environ:
                found.append(
                    Warning(
                        "The program's database role owns the tables.",
                        hint="Migrate as DATABASE_OWNER_URL and run as a role without ownership.",
                        id="bisat.W001",
                    )
                )
    return found
