"""Likeness, regression and content in one table: the row of an item holds the items it speaks for, and how much."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from recommender.training.content import Content
from recommender.training.log import Floats, Ints, Log, best
from recommender.training.neighbors import Likeness
from recommender.training.regression import Regression
from recommender.training.settings import Settings

BLOCK = 2048  # items of one piece of work


class Maker:
    """Makes any block of rows; what all blocks share is made once and may be kept in a file that workers map."""

    def __init__(
        self,
        log: Log,
        settings: Settings,
        content: Content | None = None,
        totals: Floats | None = None,
        foretold: sparse.csr_matrix | None = None,
    ) -> None:
        """``totals`` are of the items where ``log`` holds only a part of their events; ``foretold`` is ``foretell``'s."""
        self.width, self.count = settings.width, log.shape[1]
        self.likeness, self.content, self.foretold = Likeness(log, settings, totals), content, foretold

    def rows(self, items: Ints) -> sparse.csr_matrix:
        """The finished rows of these items, the best of each first."""
        found = self.likeness.top_rows(items)
        if self.content:
            found = (found + self.content.rows(items, self.likeness.totals)).tocsr()
        if self.foretold is not None:
            found = (found + self.foretold[items]).tocsr()
        return best(found, self.width)


def foretell(log: Log, settings: Settings, seconds: float = math.inf, threads: int = 2) -> sparse.csr_matrix | None:
    """What regression says, items by items; None where the settings do without."""
    return Regression(log, settings).table(seconds, threads) if settings.regression_share else None


def blocks_of(items: Ints) -> Iterator[Ints]:
    for start in range(0, max(len(items), 1), BLOCK):
        yield items[start : start + BLOCK]


def make_table(
    log: Log,
    settings: Settings,
    content: Content | None = None,
    *,
    needed: Ints | None = None,
    seconds: float = math.inf,
    threads: int = 2,
) -> sparse.csr_matrix:
    """The table, items by items, at most ``settings.width`` entries a row; where some rows alone are ``needed`` the
    others are empty. Regression has ``seconds``."""
    maker = Maker(log, settings, content, foretold=foretell(log, settings, seconds, threads))
    items = np.arange(log.shape[1], dtype=np.int32) if needed is None else needed
    with ThreadPoolExecutor(threads) as pool:
        made = sparse.vstack(list(pool.map(maker.rows, blocks_of(items))), "csr")
    if needed is None:
        return made
    lengths = np.zeros(log.shape[1], np.int64)
    lengths[needed] = np.diff(made.indptr)
    return sparse.csr_matrix(
        (made.data, made.indices, np.concatenate(([0], np.cumsum(lengths)))), shape=(log.shape[1],) * 2
    )
