"""The command that starts everything."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from core import embedded
from tests import servers

BASE = Path(__file__).resolve().parent.parent
FROM_OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
STEPS = ["· migrating the database", "· collecting static files"]


@dataclass
class Market:
    """A market as ``bin/run`` started it, without the demo."""

    var: Path
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self, start: str) -> list[str]:
        """What it said so far and begins like this."""
        return [line.strip() for line in self.log.read_text().splitlines() if line.strip().startswith(start)]

    def wait_until_open(self) -> str:
        """Its address, once it answers; fails after five minutes."""
        deadline = time.monotonic() + 300
        while not (said := self.lines("Bisat is open")):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return re.findall(r"http://\S+", said[0])[0]

    def stop(self) -> int:
        """What Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def alive(self) -> list[str]:
        """Programs that run for this market: told so by their environment, or at home in its folder (the servers)."""
        home = str(self.var)
        return sorted(
            process.info["name"]
            for process in psutil.process_iter(["name", "cwd", "environ"])
            if (process.info["cwd"] or "").startswith(home) or (process.info["environ"] or {}).get("BISAT_VAR") == home
        )


@contextmanager
def run_market(var: Path, **environment: str) -> Iterator[Market]:
    inherited = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    own = {"BISAT_VAR": str(var), "DEMO": "0", "PORT": str(embedded.free_port()), "WEB_WORKERS": "1"}
    log = var.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "bin/run"], cwd=BASE, env=inherited | own | environment, stdout=output, stderr=output
        )
    market = Market(var, process, log)
    try:
        yield market
    finally:
        if process.poll() is None:
            market.stop()


def read(address: str) -> int:
    with urllib.request.urlopen(address, timeout=20) as response:  # noqa: S310 - our own server
        return int(response.status)


@pytest.fixture
def given() -> Iterator[dict[str, str]]:
    """Servers of somebody else: a database without extensions, its roles allowed what the README says."""
    owner = servers.SERVERS.owner_url
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE given LC_CTYPE 'C.UTF-8' TEMPLATE template0")
    environment = {
        "DATABASE_URL": f"{servers.SERVERS.database_url.rpartition('/')[0]}/given",
        "DATABASE_OWNER_URL": f"{owner.rpartition('/')[0]}/given",
        "REDIS_URL": servers.SERVERS.redis_url.replace("/0", "/2"),
        "CACHE_PREFIX": "given",
        "CELERY_PREFIX": "given:",
    }
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
        for statement in re.findall(r"^(?:GRANT|ALTER) .*;$", (BASE / "README.md").read_text(), re.MULTILINE):
            connection.execute(statement)
    yield environment
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("DROP DATABASE given WITH (FORCE)")


def owners_and_users(given: dict[str, str]) -> tuple[list[tuple[str]], list[tuple[str]]]:
    """Roles that own tables of the given database, and roles that others are connected to it as."""
    own = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    use = """SELECT DISTINCT usename FROM pg_stat_activity
        WHERE datname = 'given' AND pid <> pg_backend_pid() AND usename IS NOT NULL"""  # autovacuum has none
    with psycopg.connect(given["DATABASE_OWNER_URL"]) as connection:
        return connection.execute(own).fetchall(), connection.execute(use).fetchall()


@pytest.mark.journey
def test_it_uses_given_servers_stops_whole_and_has_nothing_to_do_at_the_second_start(
    tmp_path: Path, given: dict[str, str]
):
    var = tmp_path / "var"
    with run_market(var, **given) as first:
        assert read(first.wait_until_open()) == 200
        assert first.lines("·") == STEPS
        (var / "media" / "cup.webp").write_bytes(b"a picture")
        assert read(f"{first.wait_until_open()}/media/cup.webp") == 200
        assert {"postgres", "valkey-server"} & set(first.alive()) == set()
        assert owners_and_users(given) == ([("bisat_owner",)], [("bisat_app",)])
        assert first.stop() == 130
        assert first.alive() == []
    assert [path.name for path in var.iterdir() if path.name.startswith(("postgres", "valkey"))] == []
    assert owners_and_users(given) == ([("bisat_owner",)], [])  # it still answers: not ours to stop
    with run_market(var, **given | {"REDIS_URL": ""}) as second:  # one server of its own
        assert read(second.wait_until_open()) == 200
        assert second.lines("·") == []
        assert "valkey-server" in second.alive()
        assert second.stop() == 130
        assert second.alive() == []


def test_started_twice_it_says_so(tmp_path: Path):
    with (tmp_path / "run.lock").open("w") as lock:
        lock.write("http://127.0.0.1:8000 (process 1)\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "bin/run"],
            cwd=BASE,
            env=os.environ | {"BISAT_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "Bisat is already running: http://127.0.0.1:8000 (process 1)"


def refused(var: Path, **environment: str) -> str:
    """What it says when it does not open."""
    inherited = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    done = subprocess.run(
        [sys.executable, "bin/run"],
        cwd=BASE,
        env=inherited | {"BISAT_VAR": str(var), "REDIS_URL": servers.SERVERS.redis_url} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr.strip()


def test_a_given_role_that_may_not_migrate_is_told_in_a_sentence(tmp_path: Path, given: dict[str, str]):
    assert refused(tmp_path, DATABASE_URL=given["DATABASE_URL"]) == (
        "The role of DATABASE_URL may not make tables: name their owner's too, as DATABASE_OWNER_URL."
    )


def test_a_given_server_that_lets_nobody_in_is_named_without_its_password(tmp_path: Path):
    said = refused(tmp_path, DATABASE_URL=f"postgresql://somebody:secret@127.0.0.1:{embedded.free_port()}/bisat")
    assert said.startswith("PostgreSQL at 127.0.0.1:")
    assert "secret" not in said
    assert "Traceback" not in said


def test_no_address_of_a_registry_is_locked():
    for name in ("package-lock.json", "bench/package-lock.json", *(path.name for path in BASE.glob("requirements*"))):
        text = (BASE / name).read_text()
        assert '"resolved"' not in text
        assert "index-url" not in text
        assert "--hash=" in text or not name.endswith(".txt")
