"""System checks that ask the database."""

import pytest
from django.core.checks import Tags, run_checks

pytestmark = pytest.mark.django_db


def said() -> list[str | None]:
    """The ids of what the checks find wrong with the tests' own database."""
    return [found.id for found in run_checks(tags=[Tags.database], databases=["default"])]


def test_a_program_that_owns_its_tables_is_warned_of(monkeypatch):
    monkeypatch.delenv("BISAT_AS_OWNER", raising=False)
    assert said() == ["bisat.W001"]


def test_the_owner_who_migrates_is_not_warned_of_itself(monkeypatch):
    monkeypatch.setenv("BISAT_AS_OWNER", "1")
    assert said() == []


def test_a_program_that_owns_nothing_is_let_be(as_program: None, monkeypatch):
    monkeypatch.delenv("BISAT_AS_OWNER", raising=False)
    assert said() == []
