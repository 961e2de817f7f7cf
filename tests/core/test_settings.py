"""A production start that would be unsafe does not happen."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "BISAT_ENV": "production",
    "SECRET_KEY": "k" * 50,
    "SITE_URL": "https://bisat.example",
    "DATABASE_URL": "postgresql://u:p@db/bisat",
    "REDIS_URL": "redis://cache:6379/0",
}


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in (SAFE | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.HTTPS, s.DEBUG)"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_safe_start():
    assert start().stdout.split() == ["True", "False"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"SITE_URL": "http://bisat.example"}, "https://"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"BISAT_ENV": None, "SECRET_KEY": None}, "SECRET_KEY"),
    ],
)
def test_an_unsafe_start_is_refused_and_names_the_variable(changes: dict[str, str | None], named: str):
    done = start(**changes)
    assert done.returncode == 1
    assert "ImproperlyConfigured" in done.stderr
    assert named in done.stderr.splitlines()[-1]


def test_development_needs_nothing(tmp_path):
    done = start(
        BISAT_ENV="development",
        SECRET_KEY=None,
        SITE_URL=None,
        DATABASE_URL=None,
        REDIS_URL=None,
        BISAT_VAR=str(tmp_path),
    )
    assert done.stdout.split() == ["False", "False"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
