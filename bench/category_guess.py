#!/usr/bin/env python3
"""How often the guess of a category is right: `make bench-category-guess [CATALOGUE=file.csv]`.

Five folds, each thing guessed by a model that has not seen it; beside it the share of the largest category, which is what
saying always the same would reach. Last, of the guesses above each bound of confidence, how many there are and how many
are right: SURE in sellers/imports/guessing.py is chosen so.

The names of the categories in English and Persian are among what the model learns from, as they are on the site.

Data: the demo market in its three languages, whose categories people chose. A CATALOGUE in Google's columns may be given;
its categories are those that the words of sellers/catalogue/rules.py say, so it tells how well the model learns rules.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from pathlib import Path

import django
import numpy as np
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from demo.content import load
from demo.shelf import load_taiwan
from sellers.catalogue.rules import OTHER, guess_leaf
from sellers.imports import guessing

FOLDS = 5
SEED = 7
BOUNDS = (0.0, 0.2, 0.3, guessing.SURE, 0.5, 0.7, 0.9)
AHEAD = 20  # percentage points above the largest category that the model must reach
Thing = tuple[str, str]  # words, category


def demo_market() -> list[Thing]:
    markets = [load("en"), load("fa"), load_taiwan()]
    things = [thing for market in markets for channel in market.channels for thing in channel.products]
    return [(thing.title, thing.category) for thing in things]


def category_names() -> list[Thing]:
    """The leaves of the taxonomy as sellers.services.imports.categories tells the model of them."""
    from sellers.taxonomy import walk

    found = []
    for *above, leaf in walk():
        for code, _name in settings.LANGUAGES if not leaf.children else ():
            with translation.override(code):
                found += [(gettext(leaf.name), leaf.slug)] * 2
                found.append((" ".join(gettext(step.name) for step in (*above[-1:], leaf)), leaf.slug))
    return found


def catalogue(path: Path, most: int) -> list[Thing]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["title"], guess_leaf("", row["title"])) for row in csv.DictReader(file)]
    return [row for row in rows if row[1] != OTHER][:most]


def cross_validate(things: list[Thing], names: list[Thing]) -> list[tuple[str, str, float]]:
    """(right, guessed, confidence) of each thing."""
    order = np.random.default_rng(SEED).permutation(len(things))
    found = []
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        texts, labels = zip(*(thing for at, thing in enumerate(things) if at not in held), *names, strict=True)
        model = guessing.train(texts, labels)
        assert model
        asked = [things[at] for at in sorted(held)]
        guesses = model.guess([words for words, _label in asked])
        found += [(label, *guess) for (_words, label), guess in zip(asked, guesses, strict=True)]
    return found


def report(name: str, things: list[Thing], names: list[Thing]) -> bool:
    """Prints the figures; whether the model is far enough ahead."""
    found = cross_validate(things, names)
    right = sum(label == guess for label, guess, _sure in found) / len(found)
    counts = Counter(label for _words, label in things)
    largest, share = counts.most_common(1)[0][0], counts.most_common(1)[0][1] / len(things)
    ahead = (right - share) * 100
    print(f"\n{name}: {len(things)} things, {len(counts)} categories")
    print(f"  accuracy {right:.1%}; largest category ({largest}) {share:.1%}; ahead by {ahead:.1f} points")
    print(f"  must {AHEAD} points {'met' if ahead >= AHEAD else 'MISSED'}")
    for bound in BOUNDS:
        sure = [label == guess for label, guess, confidence in found if confidence >= bound]
        hits = sum(sure) / len(sure) if sure else 0
        print(f"  confidence from {bound:.2f}: {len(sure) / len(found):6.1%} guessed, {hits:6.1%} of them right")
    return ahead >= AHEAD


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", nargs="?", type=Path)
    parser.add_argument("--most", type=int, default=4000, help="rows of the catalogue")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("BISAT_ENV", "development")
    django.setup()
    names = category_names()
    met = report("demo market", demo_market(), names)
    if given.catalogue:
        met = report(given.catalogue.name, catalogue(given.catalogue, given.most), names) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
