"""PostgreSQL and Valkey for one test run, real and its own.

A plugin (``-p tests.servers``) rather than a conftest: pytest-django reads the settings before any conftest is
loaded, and the settings need the servers' addresses.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from core import embedded

HOME = Path(tempfile.mkdtemp(prefix="bisat-test-"))
HOME.chmod(0o755)  # PostgreSQL may run as another user than the tests
(HOME / "static").mkdir()  # WhiteNoise looks there
SERVERS = embedded.start(HOME, durable=False, environment={})
os.environ.update(SERVERS.environment())
os.environ.update(
    DATABASE_URL=SERVERS.owner_url,  # tests make databases
    BISAT_ENV="development",
    BISAT_VAR=str(HOME),
    GUEST_PAGE_SECONDS="0",
    LOG_LEVEL="WARNING",
)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    embedded.stop(HOME)
    shutil.rmtree(HOME, ignore_errors=True)
