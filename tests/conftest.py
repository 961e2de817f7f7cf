"""People and places that tests share; the servers are started by tests/servers.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _quick_and_clean(settings, tmp_path: Path) -> Iterator[None]:
    """Cheap password hashes, files in this test's own folder, and a cache that remembers nothing of other tests."""
    from django.core.cache import cache
    from django.utils import translation

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    cache.clear()
    with translation.override("en"):
        yield
