"""The closest items of each item: ``D_i^-a X' D_u^-g X D_i^-b``, its best K of each row, to the power p.

Made by blocks of rows, so that memory holds one block's K best and never all items by all items.
"""

from functools import cached_property

import numpy as np
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from recommender.training.log import Floats, Ints, Log, best, power
from recommender.training.settings import Settings

FAREST = 20  # steps between two events of a pair
FLOOR = 0.01  # of the trend, of which the newest item has none yet


class Likeness:
    """Both sides of the product are made once, plain arrays that a file may hold, and shared by all blocks."""

    def __init__(self, log: Log, settings: Settings, totals: Floats | None = None) -> None:
        """``totals`` of the items where ``log`` holds only a part of their events."""
        self.settings = settings
        weights = log.faded(settings.half_life)
        counted = np.bincount(log.items, weights=weights, minlength=log.shape[1]).astype(np.float32)
        self.totals = counted if totals is None else totals
        people = power(np.bincount(log.people, minlength=log.shape[0]).astype(np.float32), settings.person_power)
        self.trend = (log.popularity(settings.trend_half_life) + FLOOR) ** np.float32(settings.trend_power)
        self.ordered = Ordered(log, np.sqrt(weights), people, settings) if settings.step_decay else None
        if self.ordered is None:
            matrix = log.matrix(np.sqrt(weights))
            self.left = (sparse.diags(people) @ matrix).T.tocsr()
            self.right = _scaled(matrix, power(self.totals, settings.target_power))

    def top_rows(self, items: Ints) -> sparse.csr_matrix:
        """One row of each item: its best ``width`` neighbours, itself never."""
        settings = self.settings
        if self.ordered:
            own = sparse.diags(power(self.totals[items], settings.source_power))
            target = power(self.totals, settings.target_power)
            found = _without_itself(_scaled((own @ self.ordered.pairs(items)).tocsr(), target), items)
        else:
            found = self._products(items, power(self.totals[items], settings.source_power), self.right, settings.width)
        found.data **= np.float32(settings.entry_power)
        return best(_scaled(found, self.trend) if settings.trend_power else found, settings.width)

    def candidates(self, targets: Ints, most: int) -> sparse.csr_matrix:
        """One row of each target: the items it is most the neighbour of."""
        return self._products(targets, power(self.totals[targets], self.settings.target_power), self._sources, most)

    @cached_property
    def _sources(self) -> sparse.csr_matrix:
        settings = self.settings
        return _scaled(
            self.right, power(self.totals, settings.source_power) / _or_one(power(self.totals, settings.target_power))
        )

    def _products(self, items: Ints, own: Floats, right: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
        left = (sparse.diags(own) @ self.left[items]).tocsr()
        return _without_itself(sp_matmul_topn(left.astype(np.float32, copy=False), right, most + 1), items)


class Ordered:
    """Pairs within a person's sequence, of which the nearer count more and one direction more than the other."""

    def __init__(self, log: Log, roots: Floats, people: Floats, settings: Settings) -> None:
        self.people, self.items, self.roots, self.settings = log.people, log.items, roots, settings
        self.says = people[log.people] * roots
        self.of_items = np.argsort(log.items, kind="stable").astype(np.int32)  # events of each item
        self.starts = np.concatenate(([0], np.cumsum(np.bincount(log.items, minlength=log.shape[1]))))

    def pairs(self, items: Ints) -> sparse.csr_matrix:
        """One row of each item, before its events are weighed against how many there are."""
        lengths = np.diff(self.starts)[items]
        ends = np.cumsum(lengths)
        here = self.of_items[np.repeat(self.starts[items] - ends + lengths, lengths) + np.arange(lengths.sum())]
        rows = np.repeat(np.arange(len(items), dtype=np.int32), lengths)
        found = []
        for gap in range(1, FAREST):
            fades = self.settings.step_decay ** (gap - 1)
            for step, direction in ((gap, 1.0), (-gap, self.settings.backward)):
                other = here + step
                same = np.flatnonzero((other >= 0) & (other < len(self.items)))
                same = same[self.people[here[same]] == self.people[other[same]]]
                values = self.says[here[same]] * self.roots[other[same]] * np.float32(direction * fades)
                found.append((rows[same], self.items[other[same]], values))
        row, column, value = (np.concatenate(each) for each in zip(*found, strict=True))
        return sparse.csr_matrix((value, (row, column)), shape=(len(items), len(self.starts) - 1))


def _scaled(matrix: sparse.csr_matrix, columns: Floats) -> sparse.csr_matrix:
    """The same entries, each times what its column counts; places are shared."""
    values = matrix.data * columns[matrix.indices].astype(np.float32)
    return sparse.csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def _or_one(values: Floats) -> Floats:
    return np.where(values > 0, values, 1).astype(np.float32)


def _without_itself(rows: sparse.csr_matrix, items: Ints) -> sparse.csr_matrix:
    owners = np.repeat(items, np.diff(rows.indptr))
    rows.data[rows.indices == owners] = 0
    rows.eliminate_zeros()
    return rows
