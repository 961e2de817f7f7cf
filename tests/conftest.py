"""People and places that tests share; the servers are started by tests/servers.py."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.test import Client

from tests.factories import make_channel, make_user

if TYPE_CHECKING:
    from accounts.models import User
    from sellers.models import Channel
    from sellers.selectors import CategoryTree


REFERENCE_DATA = Path(__file__).resolve().parents[2] / "shared/data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on the reference data are left out where those are not beside the checkout."""
    if REFERENCE_DATA.exists():
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("data")])
    items[:] = [item for item in items if not item.get_closest_marker("data")]


def pytest_collection_finish() -> None:
    """Everything imported by now stays to the end: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _quick_and_clean(settings, tmp_path: Path) -> Iterator[None]:
    """Cheap password hashes, files in this test's own folder, and a cache that remembers nothing of other tests."""
    from django.core.cache import cache
    from django.utils import translation

    from core import kept
    from recommender.selectors import popular
    from sellers import selectors

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path
    settings.RECOMMENDER_DIR = tmp_path / "recommender"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private"},
        },
    }
    cache.clear()
    kept.memory.clear()
    popular.memory.clear()
    selectors.forget_categories()
    with translation.override("en"):
        yield


@pytest.fixture
def bare_404(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal without the page around it, for tests that are refused by the hundred and look at the status."""
    from django.http import HttpRequest, HttpResponseNotFound

    def refuse(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
        return HttpResponseNotFound()

    monkeypatch.setattr("config.urls.handler404", refuse)


_EMPTY = """
DO $$ DECLARE place regclass; filled boolean; places regclass[]; BEGIN
    FOREACH place IN ARRAY '{%s}'::regclass[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%s)', place) INTO filled;
        IF filled THEN places := places || place; END IF;
    END LOOP;
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP EXECUTE format('ALTER TABLE %%s DISABLE TRIGGER USER', place); END LOOP;
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP EXECUTE format('DELETE FROM %%s', place); END LOOP;
END $$
"""
_GUARD = """
DO $$ DECLARE place regclass; BEGIN
    FOR place IN SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', place); END LOOP;
END $$
"""


_STAYS = {"django_content_type", "auth_permission"}  # what migrations fill


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """pytest-django finds its database migrated, and need not do it again."""
    from django.db import connection

    from tests import schema

    schema.make_database(connection.creation._get_test_db_name())
    return True


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_between_tests() -> Iterator[None]:
    """Tests that commit end by deleting what there is, for which the owner lifts the guards of history and ledger.

    Truncating all tables, as Django does, takes a second and more however little they hold. Types of content and
    permissions stay: to write them anew costs as much as the test.
    """
    from django.core.management.commands import flush as command
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_and_guard(self: DatabaseOperations, statements: list[str]) -> None:
        flush(self, statements)
        flush(self, [_GUARD])

    def sql_flush(self: DatabaseOperations, style: object, tables: list[str], **options: bool) -> list[str]:
        return [_EMPTY % ",".join(table for table in tables if table not in _STAYS)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_and_guard)
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        patch.setattr(command, "emit_post_migrate_signal", lambda *_arguments, **_options: None)
        yield


@pytest.fixture(scope="session")
def _program_may_be_played(django_db_setup: None) -> str:
    """The tests' owner may step into the program's role, which owns nothing; returns its name."""
    from core import embedded
    from tests import servers

    if servers.PROGRAM:
        return servers.PROGRAM
    facts = json.loads(embedded.Postgres(servers.HOME).secrets.read_text())
    address = f"host=127.0.0.1 port={facts['port']} user=postgres password={facts['postgres']} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"GRANT {embedded.PROGRAM} TO {embedded.OWNER}")
    return embedded.PROGRAM


@pytest.fixture
def as_program(db: None, _program_may_be_played: str) -> Iterator[None]:
    """From here on the test speaks to the database as the program does in production."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {_program_may_be_played}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


TAXONOMY_TABLES = ("sellers_attribute", "sellers_category", "sellers_category_attributes")
_taxonomy_rows: dict[str, bytes] = {}  # as the first test that needed them loaded them


@pytest.fixture
def taxonomy(db: None) -> "CategoryTree":
    """The real category tree: loaded by the first test that asks, copied for the others."""
    from django.db import connection

    from sellers import selectors
    from sellers import services as sellers
    from sellers.models import Category

    with connection.cursor() as cursor:
        if not _taxonomy_rows:
            is_alone = not Category.objects.exists()  # no other fixture has made some for this test
            sellers.load_taxonomy()
            for table in TAXONOMY_TABLES if is_alone else ():
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    _taxonomy_rows[table] = b"".join(bytes(block) for block in copy)
        else:
            for table, rows in _taxonomy_rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
    selectors.forget_categories()
    return selectors.get_category_tree()


@pytest.fixture
def shopper(db: None) -> "User":
    return make_user(email="shopper@example.com", display_name="Sara")


@pytest.fixture
def seller(db: None) -> "User":
    return make_user(email="seller@example.com", display_name="Mina")


@pytest.fixture
def rival(db: None) -> "User":
    return make_user(email="rival@example.com", display_name="Reza")


@pytest.fixture
def staff(db: None) -> "User":
    """A superuser with a second factor, as staff must have."""
    from allauth.mfa.models import Authenticator

    person = make_user(email="staff@example.com", display_name="Staff", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "not-used-by-tests"})
    return person


def signed_in(person: "User") -> Client:
    """A browser with her session, without the steps of signing in: those have tests of their own."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.sessions import SessionStore

    client, session = Client(), SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


@pytest.fixture
def shopper_client(shopper: "User") -> Client:
    return signed_in(shopper)


@pytest.fixture
def seller_client(seller: "User") -> Client:
    return signed_in(seller)


@pytest.fixture
def rival_client(rival: "User") -> Client:
    return signed_in(rival)


@pytest.fixture
def staff_client(staff: "User") -> Client:
    return signed_in(staff)


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are published."""
    from config import celery_app

    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = False


@pytest.fixture
def channel(seller: "User") -> "Channel":
    """The seller's open channel."""
    return make_channel(owner=seller, handle="saffron_clay", name="Saffron & Clay")


@pytest.fixture
def indexed(django_capture_on_commit_callbacks):
    """Runs what a block of changes tells the index, as after a commit."""

    def run():
        return django_capture_on_commit_callbacks(execute=True)

    return run


@pytest.fixture
def rival_channel(rival: "User") -> "Channel":
    """Another seller's open channel."""
    return make_channel(owner=rival, handle="rival_house", name="Rival House")
