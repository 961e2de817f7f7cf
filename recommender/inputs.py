"""What a table is made of, read from the database once a run and process. Needs numpy: workers and commands only."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db.models import QuerySet

from recommender.models import Run
from recommender.selectors import deeds
from recommender.training.log import Floats, Ints, Log
from recommender.training.settings import Settings
from recommender.training.table import Maker
from sellers.models import Product

ALIKE = 500  # products of the same categories, the newest
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Inputs:
    """``products`` are the ids of the log's items, in their order; ``tokens`` what describes each."""

    products: np.ndarray
    channels: Ints
    tokens: list[list[str]]
    log: Log

    def maker(self, settings: Settings, totals: Floats | None = None) -> Maker:
        """``totals`` of the products where the log is only a part."""
        return Maker(self.log, settings, self.tokens, totals)

    def places_of(self, product_ids: list[int]) -> Ints:
        """Numbers of those of these products that are items of the log."""
        wanted = np.asarray(product_ids, np.int64)
        places = np.searchsorted(self.products, wanted)
        inside = places < len(self.products)
        found = places[inside]
        return found[self.products[found] == wanted[inside]].astype(np.int32)


def read(until: dt.datetime) -> Inputs:
    """All products that can be seen, and all that was done with them before ``until``."""
    return _gather(Product.objects.listed(), deeds.get_log(until))


def read_around(product_ids: list[int], until: dt.datetime) -> Inputs:
    """What the rows of these products are made of: all that people did who touched one of them, and some products of
    the same categories."""
    found = deeds.get_log(until, product_ids)
    alike = Product.objects.listed().filter(category__products__in=product_ids).order_by("-published_at", "-pk")
    wanted = {row[1] for row in found} | set(product_ids) | set(alike.values_list("pk", flat=True)[:ALIKE])
    return _gather(Product.objects.listed().filter(pk__in=wanted), found)


def _gather(listed: QuerySet[Product], found: list[tuple[str, int, float, float]]) -> Inputs:
    rows = list(listed.order_by("pk").values_list("pk", "channel_id", "category_id", "title", "facet_terms"))
    products = [row[0] for row in rows]
    numbers = {product: number for number, product in enumerate(products)}
    known = [row for row in found if row[0] and row[1] in numbers]
    names = {who: number for number, who in enumerate(sorted({row[0] for row in known}))}
    log = Log.of(
        [names[row[0]] for row in known],
        [numbers[row[1]] for row in known],
        [row[2] for row in known],
        [max(row[3], 0) for row in known],
        (len(names), len(products)),
    )
    tokens = [_tokens(*row[1:]) for row in rows]
    return Inputs(np.array(products, np.int64), np.array([row[1] for row in rows], np.int64), tokens, log)


def _tokens(channel: int, category: int, title: str, terms: list[str]) -> list[str]:
    words = {f"word:{word}" for word in _WORD.findall(title.lower())}
    return [f"channel:{channel}", f"category:{category}", f"leaf:{category}", *terms, *sorted(words)]  # kind says most


@lru_cache(maxsize=1)
def of_run(run: Run) -> Inputs:
    """Kept for the next block of the same run."""
    return read(run.until)
