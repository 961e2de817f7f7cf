"""Which servers a command speaks to when nobody said so."""

import os
from pathlib import Path

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations"}


def use_running_servers(base: Path, argv: list[str]) -> None:
    """Fills the environment for ``manage.py``.

    Without ``DATABASE_URL`` (and without a ``.env``) this is a developer's checkout: the embedded servers under
    ``var/`` are used, started if they sleep. Commands that migrate run as the owner of the tables.
    """
    given = os.environ
    if (
        not given.get("DATABASE_URL")
        and given.get("BISAT_ENV", "development") == "development"
        and not (base / ".env").exists()
    ):
        from core import embedded

        given["BISAT_ENV"] = "development"
        given.update(embedded.start(Path(given.get("BISAT_VAR", base / "var"))).environment())
    if given.get("DATABASE_OWNER_URL") and len(argv) > 1 and argv[1] in OWNER_COMMANDS:
        given["DATABASE_URL"] = given["DATABASE_OWNER_URL"]
        given["BISAT_AS_OWNER"] = "1"
