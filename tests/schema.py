"""A migrated database for the price of a copy: migrations run once for all halves of the suite, and again only when one
of them changes."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from core import embedded
from tests import servers

BASE = Path(__file__).resolve().parent.parent
HOME = BASE / "var" / "test-schema"
KNOWN = ("*/migrations/*.py", "requirements.txt")  # whatever decides what a migrated database looks like


def make_database(name: str) -> str:
    """A new database on the tests' server with everything that migrations make; returns its address."""
    given = bool(servers.GIVEN["DATABASE_URL"])  # a server of any version, which our pg_dump may not know
    with psycopg.connect(servers.SERVERS.owner_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        # What is in template1, rights above all, is in the dump already.
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {"template1" if given else "template0"}')
    address = f"{servers.SERVERS.owner_url.rpartition('/')[0]}/{name}"
    if given:
        if servers.OWNER:
            with psycopg.connect(address, autocommit=True) as connection:
                embedded.give_rights(connection, servers.OWNER, servers.PROGRAM)
        _migrate(address)
    else:
        _run("psql", address, "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", str(_dump()))
    return address


def _dump() -> Path:
    """The newest one; made by the first who asks while the others wait."""
    digest = hashlib.sha256()
    for pattern in KNOWN:
        for path in sorted(BASE.glob(pattern)):
            digest.update(path.read_bytes())
    HOME.mkdir(parents=True, exist_ok=True)
    file = HOME / f"{digest.hexdigest()[:16]}.sql"
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for old in HOME.glob("*.sql"):
                old.unlink()
            with psycopg.connect(servers.SERVERS.owner_url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE migrated")
                address = f"{servers.SERVERS.owner_url.rpartition('/')[0]}/migrated"
                _migrate(address)
                _run("pg_dump", address, "--no-comments", "--file", f"{file}.new")
                connection.execute("DROP DATABASE migrated")
            Path(f"{file}.new").rename(file)
    return file


def _migrate(address: str) -> None:
    environment = os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=BASE, env=environment, check=True)


def _run(program: str, address: str, *arguments: str) -> None:
    subprocess.run(
        [str(embedded.postgresql_program(program)), "--dbname", address, *arguments], check=True, capture_output=True
    )
