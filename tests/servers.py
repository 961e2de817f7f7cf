"""PostgreSQL and Valkey for one test run, real and its own; or those of TEST_DATABASE_URL and TEST_REDIS_URL.

A given cluster has a UTF-8 locale; its owner's role may create databases and is a member of the program's. An empty
Redis will do.

A plugin (``-p tests.servers``) rather than a conftest: pytest-django reads the settings before any conftest is
loaded, and the settings need the servers' addresses.
"""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core import embedded

HOME = Path(tempfile.mkdtemp(prefix="bisat-test-"))
HOME.chmod(0o755)  # PostgreSQL may run as another user than the tests
(HOME / "static").mkdir()  # WhiteNoise looks there
GIVEN = {name: os.environ.get(f"TEST_{name}", "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
# Of a given server; ours has names of its own.
OWNER, PROGRAM = (urlsplit(GIVEN[name]).username or "" for name in ("DATABASE_OWNER_URL", "DATABASE_URL"))
SERVERS = embedded.start(HOME, durable=False, environment=GIVEN)
os.environ.update(SERVERS.environment())
os.environ.update(
    DATABASE_URL=SERVERS.owner_url,  # tests make databases
    BISAT_ENV="development",
    BISAT_VAR=str(HOME),
    GUEST_PAGE_SECONDS="0",
    INTERACTION_SECONDS="0",
    LISTINGS_CHECKED_FIRST="0",  # nearly every test opens a channel and sells
    LISTING_EDITS_SAMPLED="0",
    LOG_LEVEL="WARNING",
)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    embedded.stop(HOME)
    shutil.rmtree(HOME, ignore_errors=True)
