"""Workers are killed and the database crashes while money moves; see bench.chaos."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.prove
SHORT = os.environ.get("SHORT") == "1"


def run(*options: str) -> tuple[int, dict[str, str]]:
    """The exit code of one run on servers of its own, and its table."""
    command = [sys.executable, "-m", "bench.chaos", *options]
    ended = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=600)
    rows = [line.split(maxsplit=1) for line in ended.stdout.splitlines()]
    assert rows, ended.stderr
    return ended.returncode, {row[0]: row[1] for row in rows}


def test_what_was_acknowledged_survives_kills_and_crashes_once():
    seconds, kills, crashes = ("8", "6", "1") if SHORT else ("40", "60", "2")
    code, table = run("--seconds", seconds, "--kills", kills, "--crashes", crashes)
    wrong = {"lost": "0", "doubled": "0", "unheard": "0", "refused": "0", "astray": "0", "drift": "0", "faults": "[]"}
    assert {name: table[name] for name in wrong} == wrong
    assert (code, table["kills"], table["crashes"]) == (0, kills, crashes)
    assert int(table["acknowledged"]) > 100


def test_a_database_that_forgets_is_noticed():
    code, table = run("--control", "--seconds", "12", "--kills", "4", "--crashes", "3")
    assert (code, table["crashes"]) == (0, "3")
    assert int(table["lost"]) > 0
