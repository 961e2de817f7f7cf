"""Likeness and regression in one table: the row of an item holds the items it speaks for, and how much."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from recommender.training.content import Content
from recommender.training.log import Floats, Ints, Log, best
from recommender.training.neighbors import Likeness
from recommender.training.regression import Regression
from recommender.training.settings import Settings

BLOCK = 2048  # items of one piece of work
SAMPLE = 1024


class Maker:
    """Makes any block of rows from one log; what all blocks share is made once."""

    def __init__(
        self, log: Log, settings: Settings, tokens: Sequence[Sequence[str]] = (), totals: Floats | None = None
    ) -> None:
        """``tokens`` describe each item; ``totals`` are of the items where ``log`` holds only a part of their events."""
        self.log, self.settings = log, settings
        self.likeness = Likeness(log, settings, totals)
        self.content = Content(tokens, self.likeness.totals) if tokens else None
        self.regression = Regression(log, settings, self.likeness) if settings.regression_share else None

    def blocks(self) -> Iterator[Ints]:
        for start in range(0, self.log.shape[1], BLOCK):
            yield np.arange(start, min(start + BLOCK, self.log.shape[1]), dtype=np.int32)

    def scale(self) -> float:
        """What regression is multiplied by to weigh as much as its share; from a fixed sample of items."""
        if self.regression is None:
            return 0
        step = max(1, self.log.shape[1] // SAMPLE)
        sample = np.arange(0, self.log.shape[1], step, dtype=np.int32)
        likeness, foretold = self.likeness.candidates(sample), self.regression.solve(sample)
        return self.settings.regression_share * float(likeness.sum() / max(abs(foretold).sum(), 1e-12))

    def rows(self, items: Ints, foretold: sparse.csr_matrix | None = None) -> sparse.csr_matrix:
        """The finished rows of these items; ``foretold`` is what regression says, by source, already to scale."""
        found = self.likeness.top_rows(items)
        if self.content:
            found = (found + self.content.rows(items)).tocsr()
        if foretold is not None:
            found = (found + foretold).tocsr()
        return best(found, self.settings.width)


def make_table(log: Log, settings: Settings, threads: int = 2) -> sparse.csr_matrix:
    """The whole table, items by items, at most ``settings.width`` entries a row."""
    maker = Maker(log, settings)
    with ThreadPoolExecutor(threads) as pool:
        if maker.regression is None:
            return sparse.vstack(list(pool.map(maker.rows, maker.blocks())), "csr")
        solved = sparse.vstack(list(pool.map(maker.regression.solve, maker.blocks())), "csr")
        foretold = (solved * np.float32(maker.scale())).T.tocsr()
        return sparse.vstack(list(pool.map(lambda items: maker.rows(items, foretold[items]), maker.blocks())), "csr")
