"""The command that starts everything."""

import fcntl
import os
import re
import shutil
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
        """Its address, once it answers; fails after two minutes."""
        deadline = time.monotonic() + 120
        while not (said := self.lines("Bisat is open")):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        print(said[0])  # noqa: T201 - how long it took, for whoever asks with -s
        return re.findall(r"http://\S+", said[0])[0]

    def stop(self) -> int:
        """What Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def alive(self) -> list[str]:
        """Programs that run for this market, servers among them."""
        homes = (str(self.var), str(embedded.Postgres(self.var).home))
        return sorted(
            process.info["name"]
            for process in psutil.process_iter(["name", "cmdline", "environ"])
            if any(home in " ".join(process.info["cmdline"] or []) for home in homes)
            or (process.info["environ"] or {}).get("BISAT_VAR") == homes[0]
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


def test_it_starts_stops_and_starts_again_with_nothing_left_to_do(tmp_path: Path):
    var = tmp_path / "var"
    try:
        with run_market(var) as first:
            assert read(first.wait_until_open()) == 200
            assert first.lines("·") == STEPS
            assert {"postgres", "valkey-server"} <= set(first.alive())
            assert first.stop() == 130
            assert first.alive() == []
        with run_market(var) as second:
            assert read(second.wait_until_open()) == 200
            assert second.lines("·") == []
            assert second.stop() == 130
            assert second.alive() == []
    finally:
        shutil.rmtree(embedded.Postgres(var).home)


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


def test_given_servers_are_used_and_none_is_started(tmp_path: Path, given: dict[str, str]):
    with run_market(tmp_path / "var", **given) as market:
        assert read(market.wait_until_open()) == 200
        assert market.lines("·") == STEPS
        assert not {"postgres", "valkey-server"} & set(market.alive())
        with psycopg.connect(given["DATABASE_OWNER_URL"]) as owner:
            owners = owner.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
            assert owners == [("bisat_owner",)]
            own = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'given' AND pid <> pg_backend_pid()"
            assert owner.execute(own).fetchall() == [("bisat_app",)]
        assert market.stop() == 130
        assert market.alive() == []
    assert not {"postgres", "postgres.json", "postgres.log", "valkey"} & {path.name for path in market.var.iterdir()}
    with psycopg.connect(given["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)  # not ours to stop


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


def test_no_address_of_a_registry_is_locked():
    for name in ("package-lock.json", "bench/package-lock.json", *(path.name for path in BASE.glob("requirements*"))):
        text = (BASE / name).read_text()
        assert '"resolved"' not in text
        assert "index-url" not in text
        assert "--hash=" in text or not name.endswith(".txt")
