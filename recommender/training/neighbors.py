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
    """Both sides of the product are made once and shared by all blocks."""

    def __init__(self, log: Log, settings: Settings, totals: Floats | None = None) -> None:
        """``totals`` of the items where ``log`` holds only a part of their events."""
        self.log, self.settings = log, settings
        weights = log.faded(settings.half_life)
        self.roots = np.sqrt(weights)
        self.matrix = log.matrix(self.roots)
        counted = np.bincount(log.items, weights=weights, minlength=log.shape[1]).astype(np.float32)
        self.totals = counted if totals is None else totals
        busy = np.bincount(log.people, minlength=log.shape[0]).astype(np.float32)
        self.people = power(busy, settings.person_power)

    @cached_property
    def trend(self) -> sparse.dia_matrix:
        trend = self.log.popularity(self.settings.trend_half_life)
        return sparse.diags((trend + FLOOR) ** np.float32(self.settings.trend_power))

    def top_rows(self, items: Ints) -> sparse.csr_matrix:
        """One row of each item: its best ``width`` neighbours, itself never."""
        settings = self.settings
        if settings.step_decay:
            found = self._ordered(items)
        else:
            found = self._products(items, settings.source_power, settings.target_power, settings.width)
        found.data **= np.float32(settings.entry_power)
        return best((found @ self.trend).tocsr() if settings.trend_power else found, settings.width)

    def candidates(self, targets: Ints) -> sparse.csr_matrix:
        """One row of each target: the items it is most the neighbour of."""
        settings = self.settings
        return self._products(targets, settings.target_power, settings.source_power, settings.candidates)

    def _products(self, items: Ints, own_power: float, other_power: float, most: int) -> sparse.csr_matrix:
        own = sparse.diags(power(self.totals[items], own_power)) @ self._transposed[items]
        left = (own @ sparse.diags(self.people)).tocsr()
        right = (self.matrix @ sparse.diags(power(self.totals, other_power))).tocsr()
        return _without_itself(sp_matmul_topn(left.astype(np.float32), right.astype(np.float32), most + 1), items)

    @cached_property
    def _transposed(self) -> sparse.csr_matrix:
        return self.matrix.T.tocsr()

    def _ordered(self, items: Ints) -> sparse.csr_matrix:
        """Pairs within a person's sequence, of which the nearer count more and one direction more than the other."""
        log, settings = self.log, self.settings
        places = np.full(log.shape[1], -1, np.int32)
        places[items] = np.arange(len(items), dtype=np.int32)
        here = np.flatnonzero(places[log.items] >= 0)
        rows, columns, values = [], [], []
        say = self.people[log.people] * self.roots
        for gap in range(1, FAREST):
            for step, direction in ((gap, 1.0), (-gap, settings.backward)):
                other = here + step
                inside = (other >= 0) & (other < len(log.items))
                left, right = here[inside], other[inside]
                same = log.people[left] == log.people[right]
                left, right = left[same], right[same]
                rows.append(places[log.items[left]])
                columns.append(log.items[right])
                values.append(say[left] * self.roots[right] * np.float32(direction * settings.step_decay ** (gap - 1)))
        pairs = sparse.csr_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
            shape=(len(items), log.shape[1]),
        )
        own = sparse.diags(power(self.totals[items], settings.source_power))
        return _without_itself((own @ pairs @ sparse.diags(power(self.totals, settings.target_power))).tocsr(), items)


def _without_itself(rows: sparse.csr_matrix, items: Ints) -> sparse.csr_matrix:
    owners = np.repeat(items, np.diff(rows.indptr))
    rows.data[rows.indices == owners] = 0
    rows.eliminate_zeros()
    return rows
