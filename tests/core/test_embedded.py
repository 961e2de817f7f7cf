"""The embedded servers: real ones, with two roles, that survive a restart."""

import shutil

import psycopg
import pytest
import redis
from django.conf import settings

from core import embedded
from tests import servers


def test_the_program_may_write_rows_but_not_change_tables():
    with psycopg.connect(servers.SERVERS.owner_url, autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS shelf")
        owner.execute("CREATE TABLE shelf (thing text)")
    with psycopg.connect(servers.SERVERS.database_url, autocommit=True) as program:
        program.execute("INSERT INTO shelf VALUES ('pot')")
        assert program.execute("SELECT thing FROM shelf").fetchall() == [("pot",)]
        for forbidden in (
            "DROP TABLE shelf",
            "ALTER TABLE shelf ADD x int",
            "TRUNCATE shelf",
            "CREATE TABLE mine (x int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                program.execute(forbidden)


def test_the_database_sees_persian():
    with psycopg.connect(servers.SERVERS.database_url) as program:
        assert program.execute("SELECT cardinality(show_trgm('گوشی')) > 0").fetchone() == (True,)


def test_a_second_start_finds_the_same_data(tmp_path):
    home = tmp_path / "var"
    first = embedded.start(home, environment={})
    try:
        with psycopg.connect(first.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE kept (x int)")
        redis.Redis.from_url(first.redis_url).set("kept", "yes")
        assert embedded.start(home, environment={}) == first  # already running: the same servers
        embedded.stop(home)
        again = embedded.start(home, environment={})
        with psycopg.connect(again.owner_url) as owner:
            assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        assert redis.Redis.from_url(again.redis_url).get("kept") == b"yes"
    finally:
        embedded.stop(home)
        shutil.rmtree(embedded.Postgres(home).home)


def test_given_servers_win(tmp_path):
    given = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://cache/0"}
    assert embedded.start(tmp_path / "var", environment=given) == embedded.Servers(
        "postgresql://db/x", "postgresql://db/x", "redis://cache/0"
    )
    assert not (tmp_path / "var").exists()


def test_one_engine():
    assert settings.DATABASES["default"]["ENGINE"] == "core.postgresql"
