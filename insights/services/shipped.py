"""Smoke tests that come with the program: drafts that staff may change, start, or leave."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from insights.models import SmokeField, SmokePage, SmokeTest

FOLDER = Path(__file__).resolve().parents[1] / "shipped"


def load_smoke_tests() -> list[SmokeTest]:
    """Makes those of the shipped tests that are not there yet, by their slugs; returns what it made."""
    texts = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    known = set(SmokeTest.objects.values_list("slug", flat=True))
    return [_make(text) for text in texts if text["slug"] not in known]


@transaction.atomic
def _make(text: dict[str, Any]) -> SmokeTest:
    """In the languages of this shop."""
    pages, fields = text.pop("pages"), text.pop("fields")
    smoke = SmokeTest.objects.create(**text)
    SmokePage.objects.bulk_create(
        SmokePage(test=smoke, language=code, **{name: words.strip() for name, words in pages[code].items()})
        for code, _name in settings.LANGUAGES
        if code in pages
    )
    SmokeField.objects.bulk_create(SmokeField(test=smoke, position=n, **field) for n, field in enumerate(fields))
    return smoke
