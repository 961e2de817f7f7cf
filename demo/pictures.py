"""The demo market's pictures: each recipe is drawn once, the first ones at once and the rest by the worker."""

import dataclasses
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from core import pictures
from core.models import Picture
from demo.art import STAGE, Studio
from demo.content import Person
from demo.recipes import Item, Recipe

DRAWN_AT_ONCE = 24
WASH = (120, 150)  # pixels of a plain picture


def studio() -> Studio:
    return Studio(Path(settings.DEMO_ART_DIR))


def pack(recipe: Recipe) -> dict[str, Any]:
    """A recipe as a task's argument."""
    return dataclasses.asdict(recipe)


def unpack(packed: dict[str, Any]) -> Recipe:
    items = tuple(Item(**item) for item in packed["items"])
    return Recipe(**packed | {"items": items, "center": tuple(packed["center"])})


def draw(picture: Picture, recipe: Recipe) -> None:
    """Gives a reserved picture its file and copies; a second run changes nothing."""
    if not default_storage.exists(picture.master_name):
        with studio().picture(recipe).open("rb") as file:
            default_storage.save(picture.master_name, file)
    pictures.make_widths(picture)


class Gallery:
    """Pictures by recipe. Quick galleries use one plain wash per hue and need no art packages."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.known: dict[Recipe | Person, Picture] = {}

    def hang(self, recipe: Recipe) -> Picture:
        """The picture of a product or post; the first ones are drawn now, later ones are reserved for the worker."""
        if self.quick:
            return self._wash(recipe, recipe.hue)
        if recipe not in self.known:
            picture = self.known[recipe] = Picture.objects.create(width=STAGE, height=STAGE)
            if len(self.known) <= DRAWN_AT_ONCE:
                draw(picture, recipe)
            else:
                transaction.on_commit(lambda: _have_drawn(picture.pk, recipe))
        return self.known[recipe]

    def portrait(self, recipe: Recipe) -> Picture:
        """An avatar or a cover, drawn now: its shape is not known before."""
        return self._wash(recipe, recipe.hue) if self.quick else self._keep(recipe, studio().picture(recipe))

    def face(self, person: Person) -> Picture:
        return self._wash(person, 0) if self.quick else self._keep(person, studio().face(person.handle, person.look))

    def _keep(self, key: Recipe | Person, path: Path) -> Picture:
        if key not in self.known:
            with path.open("rb") as file:
                self.known[key] = pictures.add_picture(file)
        return self.known[key]

    def _wash(self, key: Recipe | Person, hue: int) -> Picture:
        if key not in self.known:
            picture = self.known[key] = Picture.objects.create(width=WASH[0], height=WASH[1])
            buffer = io.BytesIO()
            Image.new("HSV", WASH, (hue * 255 // 360, 60, 230)).convert("RGB").save(buffer, "WEBP")
            default_storage.save(picture.master_name, ContentFile(buffer.getvalue()))
            pictures.make_widths(picture)
        return self.known[key]


def _have_drawn(pk: int, recipe: Recipe) -> None:
    from demo.tasks import draw_picture

    draw_picture.delay(pk, pack(recipe))
