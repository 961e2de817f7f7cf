"""The demo market's pictures: each recipe is drawn once, the ones in front at once and the rest by the worker."""

import dataclasses
import io
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext
from PIL import Image
from tqdm import tqdm

from core import pictures
from core.models import Picture
from demo.art import STAGE, Studio
from demo.content import Person
from demo.recipes import Item, Recipe

WASH = (120, 150)  # pixels of a plain picture


def studio() -> Studio:
    return Studio(Path(settings.DEMO_ART_DIR))


def pack(recipe: Recipe) -> dict[str, Any]:
    """A recipe as a task's argument."""
    return dataclasses.asdict(recipe)


def unpack(packed: dict[str, Any]) -> Recipe:
    items = tuple(Item(**item) for item in packed["items"])
    return Recipe(**packed | {"items": items, "center": tuple(packed["center"])})


def write_files(picture: Picture, recipe: Recipe) -> None:
    """Draws the master of a reserved picture and its copies; a second run changes nothing."""
    if not default_storage.exists(picture.master_name):
        with studio().picture(recipe).open("rb") as file:
            default_storage.save(picture.master_name, file)
    pictures.write_copies(picture)


def draw(picture: Picture, recipe: Recipe) -> None:
    """Gives a reserved picture its files and says that they are there."""
    write_files(picture, recipe)
    picture.widths = picture.wanted_widths()
    picture.save(update_fields=["widths"])


class Gallery:
    """Pictures by recipe. Quick galleries use one plain wash per hue and need no art packages."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.known: dict[Recipe | Person, Picture] = {}
        self.waiting: dict[Recipe, bool] = {}  # True: the market opens with it

    def hang(self, recipe: Recipe, *, soon: bool = False) -> Picture:
        """The picture of a product or post, reserved; ``soon`` marks one that the market opens with."""
        if self.quick:
            return self._wash(recipe, recipe.hue)
        if recipe not in self.known:
            self.known[recipe] = Picture.objects.create(width=STAGE, height=STAGE)
            self.waiting[recipe] = False
        self.waiting[recipe] |= soon
        return self.known[recipe]

    def draw_first(self) -> None:
        """Draws what the market opens with, on all cores, and leaves the rest to the worker."""
        first = {recipe: self.known[recipe] for recipe, soon in self.waiting.items() if soon}
        with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
            done = pool.map(write_files, first.values(), first)
            for picture, _ in zip(
                first.values(), tqdm(done, total=len(first), desc=gettext("Pictures"), leave=False), strict=True
            ):
                picture.widths = picture.wanted_widths()
        Picture.objects.bulk_update(first.values(), ["widths"])
        for recipe in self.waiting.keys() - first:
            transaction.on_commit(partial(_have_drawn, self.known[recipe].pk, recipe))

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
