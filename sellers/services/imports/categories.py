"""Where a thing belongs: by the name its seller gives the category, else by what the shop's own things say."""

import datetime as dt
import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import translation

from core.folding import fold
from sellers import selectors
from sellers.catalogue.rules import OTHER, guess_leaf
from sellers.models import Product

if TYPE_CHECKING:
    from sellers.imports.guessing import Model

logger = logging.getLogger(__name__)
MODEL = "models/category-guess.npz"  # in the private storage, which only we write
MOST = 100_000  # things the model learns from, the newest


@dataclass(frozen=True, slots=True)
class Guess:
    """``leaf`` is None where nothing is sure enough; ``confidence`` from 0 to 1."""

    leaf: selectors.CategoryNode | None
    confidence: float


Guesser = Callable[[str, str], Guess]
_held: tuple[dt.datetime, "Model"] | None = None


def category_guess(tree: selectors.CategoryTree) -> Guesser:
    """A function of (title, the seller's own words for the category).

    Without a model the rules of sellers.catalogue help.
    """
    model, names = _model(), _names(tree)

    def guess(title: str, kind: str) -> Guess:
        if named := names.get(fold(re.split(r"[>›/|]", kind)[-1].strip())):
            return Guess(named, 1.0)
        if model is None:
            slug = guess_leaf(kind, title)
            return Guess(None if slug == OTHER else tree.by_slug.get(slug), 0.5)
        from sellers.imports.guessing import SURE

        ((slug, confidence),) = model.guess([f"{title} {kind}"])
        return Guess(tree.by_slug.get(slug) if confidence >= SURE else None, confidence)

    return guess


def _names(tree: selectors.CategoryTree) -> dict[str, selectors.CategoryNode]:
    """Leaves by slug and by their name in each language."""
    found = {fold(leaf.slug): leaf for leaf in tree.leaves}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {fold(str(leaf)): leaf for leaf in tree.leaves}
    return found


def _lessons(tree: selectors.CategoryTree) -> Iterator[tuple[str, str]]:
    """(words, slug) of each leaf's names, so that a category without things can be guessed too."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for leaf in tree.leaves:
                yield from [(str(leaf), leaf.slug)] * 2
                yield " ".join(str(step) for step in tree.path_of(leaf)[-2:]), leaf.slug


def _model() -> "Model | None":
    """The one that training kept last; this process reads it once."""
    global _held  # noqa: PLW0603 - one model a process
    storage = storages["private"]
    try:
        stamp = storage.get_modified_time(MODEL)
        if _held is None or _held[0] != stamp:
            from sellers.imports import guessing

            with storage.open(MODEL) as file:
                _held = (stamp, guessing.load(io.BytesIO(file.read())))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError):
        logger.exception("The model of categories cannot be read")
        return None
    return _held[1]


def train_categories() -> int:
    """Learns from what is listed, newest first; returns of how many things. Before there is a thing, it learns nothing."""
    from sellers.imports import guessing

    listed = Product.objects.listed().order_by("-published_at", "-pk")
    things = [
        (f"{title} {brand}", slug)
        for title, brand, slug in listed.values_list("title", "brand", "category__slug")[:MOST]
    ]
    texts, slugs = zip(*things, *_lessons(selectors.get_category_tree()), strict=True) if things else ((), ())
    model = guessing.train(texts, slugs)
    if model is None:
        return 0
    storages["private"].delete(MODEL)
    storages["private"].save(MODEL, ContentFile(model.dump()))
    return len(things)
