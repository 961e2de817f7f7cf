"""Rules that imports alone cannot show: foreign keys, migrations, templates and styles point downwards too."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

LEVEL = {label: level for level, label in enumerate(settings.LAYERS)}
TEMPLATES = settings.BASE_DIR / "templates"
STYLES = settings.BASE_DIR / "static" / "css"
SCRIPTS = settings.BASE_DIR / "static" / "js"
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
)
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*(?:\ssrc=|application/ld\+json))|\son(?!e=)[a-z]+=")


def _named(paths: list[Path], base: Path) -> list:
    return [pytest.param(path, id=str(path.relative_to(base))) for path in sorted(paths)]


def test_foreign_keys_point_downwards():
    upward = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and model._meta.app_label in LEVEL
        and field.related_model._meta.app_label in LEVEL
        and LEVEL[field.related_model._meta.app_label] > LEVEL[model._meta.app_label]
    ]
    assert upward == []


def test_migrations_depend_downwards():
    loader = MigrationLoader(connection=None)
    upward = [
        (key, dependency)
        for key, migration in loader.disk_migrations.items()
        for dependency in migration.dependencies
        if key[0] in LEVEL and dependency[0] in LEVEL and LEVEL[dependency[0]] > LEVEL[key[0]]
    ]
    assert upward == []


@pytest.mark.parametrize("path", _named(list(TEMPLATES.rglob("*.html")), TEMPLATES))
def test_templates_include_downwards(path: Path):
    owner = path.relative_to(TEMPLATES).parts[0]
    for target in re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"'#]+)", path.read_text()):
        app = target.split("/")[0]
        if app in LEVEL:
            assert LEVEL[app] <= LEVEL.get(owner, -1), f"{path} includes {target}"


@pytest.mark.parametrize("path", _named(list(TEMPLATES.rglob("*.html")), TEMPLATES))
def test_templates_have_nothing_inline(path: Path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize("path", _named(list(STYLES.rglob("*.css")), STYLES))
def test_styles_are_logical_and_short(path: Path):
    assert PHYSICAL.findall(path.read_text()) == []
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize("path", _named(list(SCRIPTS.rglob("*.js")), SCRIPTS))
def test_scripts_are_short(path: Path):
    assert len(path.read_text().splitlines()) <= 60


def test_no_ordering_by_default():
    assert [
        model.__name__ for model in apps.get_models() if model._meta.app_label in LEVEL and model._meta.ordering
    ] == []


def test_words_are_marked_by_names_that_are_collected():
    """xgettext knows gettext and its kin, and ``_``; what another name marks is never translated."""
    renamed = re.compile(r"import (?:n|p|np)?gettext(?:_lazy)? as (?!_$)", re.MULTILINE)
    rooms = [settings.BASE_DIR / label for label in settings.LAYERS if (settings.BASE_DIR / label).is_dir()]
    assert [str(path) for room in rooms for path in room.rglob("*.py") if renamed.search(path.read_text())] == []
