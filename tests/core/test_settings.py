"""A production start that would be unsafe does not happen."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SAFE = {
    "BISAT_ENV": "production",
    "SECRET_KEY": "k" * 50,
    "SITE_URL": "https://bisat.example",
    "DATABASE_URL": "postgresql://u:p@db/bisat",
    "REDIS_URL": "redis://cache:6379/0",
}


def start(**changes: str | None) -> dict[str, Any]:
    """The settings of a start in exactly this environment; raises ImproperlyConfigured as the start would."""
    environment = {key: value for key, value in (SAFE | changes).items() if value is not None}
    with patch.dict(os.environ, environment, clear=True):
        return runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))


def start_apart(code: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, which runs ``code``."""
    environment = {key: value for key, value in (SAFE | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_safe_start():
    made = start()
    assert (made["HTTPS"], made["DEBUG"]) == (True, False)


def test_an_unsafe_start_ends_with_the_reason():
    done = start_apart("import config.settings", SECRET_KEY="short")
    assert done.returncode == 1
    assert "ImproperlyConfigured: Set SECRET_KEY" in done.stderr.splitlines()[-1]


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
        ({"PAYMENT_PROVIDERS": "sandbox"}, "sandbox"),
        ({"PAYMENT_PROVIDERS": "zarinpal,sandbox", "ZARINPAL_MERCHANT_ID": "m"}, "sandbox"),
        ({"PAYMENT_PROVIDERS": "zarinpal"}, "ZARINPAL_MERCHANT_ID"),
        ({"PAYMENT_PROVIDERS": "stripe", "STRIPE_WEBHOOK_SECRET": "w"}, "STRIPE_SECRET_KEY"),
        ({"PAYMENT_PROVIDERS": "stripe", "STRIPE_SECRET_KEY": "k"}, "STRIPE_WEBHOOK_SECRET"),
        ({"PAYMENT_PROVIDERS": "paypal"}, "paypal"),
    ],
)
def test_an_unsafe_start_is_refused_and_names_the_variable(changes: dict[str, str | None], named: str):
    with pytest.raises(ImproperlyConfigured, match=named):
        start(**changes)


def test_development_needs_nothing(tmp_path):
    made = start(
        BISAT_ENV="development",
        SECRET_KEY=None,
        SITE_URL=None,
        DATABASE_URL=None,
        REDIS_URL=None,
        BISAT_VAR=str(tmp_path),
    )
    assert (made["HTTPS"], made["DEBUG"]) == (False, False)
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({}, []),
        ({"BISAT_ENV": "development"}, ["sandbox"]),
        ({"BISAT_ENV": "development", "PAYMENT_PROVIDERS": ""}, []),
        ({"PAYMENT_PROVIDERS": "zarinpal", "ZARINPAL_MERCHANT_ID": "m"}, ["zarinpal"]),
        (
            {"PAYMENT_PROVIDERS": "stripe,zarinpal", "ZARINPAL_MERCHANT_ID": "m"}
            | {"STRIPE_SECRET_KEY": "k", "STRIPE_WEBHOOK_SECRET": "w"},
            ["stripe", "zarinpal"],
        ),
    ],
)
def test_ways_to_pay_are_none_until_they_are_set_up(changes: dict[str, str], offered: list[str]):
    assert start(**changes)["PAYMENT_PROVIDERS"] == offered


def test_the_sandbox_has_no_address_where_it_is_not_offered():
    mounted = "__import__('django').setup() or [str(p.pattern) for p in __import__('config.urls').urls.urlpatterns]"
    addresses = start_apart(f"print({mounted})", DJANGO_SETTINGS_MODULE="config.settings").stdout
    assert ("payments/webhooks/" in addresses, "sandbox" in addresses) == (True, False)


@pytest.mark.parametrize(
    "name", ["templates/a.html", "locale/fa/LC_MESSAGES/django.mo", "static/css/a.css", "static/js/a.js"]
)
def test_kept_pages_are_those_of_this_release(tmp_path: Path, name: str):
    from config.settings import _pages_fingerprint

    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("before")
    before = _pages_fingerprint(tmp_path)
    (tmp_path / name).write_text("after")
    assert _pages_fingerprint(tmp_path) != before
