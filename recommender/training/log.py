"""What people did, as arrays; one place of each array is one event."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Log:
    """Events sorted by person, her oldest first; people and items are numbered from 0."""

    people: Ints
    items: Ints
    weights: Floats
    ages: Floats  # days or steps before now
    shape: tuple[int, int]  # people, items

    @classmethod
    def of(cls, people: object, items: object, weights: object, ages: object, shape: tuple[int, int]) -> "Log":
        """Sorts what it is given; equal ages keep their order."""
        who, age = np.asarray(people, np.int32), np.asarray(ages, np.float32)
        order = np.lexsort((-age, who))
        thing, weight = np.asarray(items, np.int32), np.asarray(weights, np.float32)
        return cls(who[order], thing[order], weight[order], age[order], shape)

    def faded(self, half_life: float) -> Floats:
        """The weight that is left of each event."""
        return self.weights * np.exp2(-self.ages / half_life, dtype=np.float32) if half_life else self.weights

    def matrix(self, values: Floats) -> sparse.csr_matrix:
        """People by items; several events of one pair are added."""
        ends = np.concatenate(([0], np.cumsum(np.bincount(self.people, minlength=self.shape[0]))))
        matrix = sparse.csr_matrix((values.copy(), self.items.copy(), ends), shape=self.shape)  # people are in order
        matrix.sum_duplicates()
        return matrix

    @cached_property
    def touched(self) -> sparse.csr_matrix:
        """1 where a person did anything with an item."""
        matrix = self.matrix(np.ones(len(self.items), np.float32))
        matrix.data[:] = 1
        return matrix

    def popularity(self, half_life: float) -> Floats:
        """The sum of what is left of an item's events, the most popular one's being 1."""
        counts = np.bincount(self.items, weights=self.faded(half_life), minlength=self.shape[1]).astype(np.float32)
        return counts / max(float(counts.max(initial=0)), 1e-12)

    def where(self, kept: npt.NDArray[np.bool_], ages_less: Floats | float = 0) -> "Log":
        """The events that are kept, as seen earlier by ``ages_less``."""
        ages = (self.ages - np.asarray(ages_less, np.float32))[kept]
        return Log(self.people[kept], self.items[kept], self.weights[kept], ages, self.shape)

    def newest(self, most: int) -> "Log":
        """The last ``most`` events of everybody."""
        ends = np.cumsum(np.bincount(self.people, minlength=self.shape[0]))
        return self.where(ends[self.people] - np.arange(len(self.people)) <= most)

    def by_pair(self) -> "Log":
        """One event of each person and item: the most that was said and when it was said last, as a shop's log is read."""
        order = np.lexsort((self.items, self.people))
        people, items = self.people[order], self.items[order]
        firsts = np.flatnonzero(np.append(True, (people[1:] != people[:-1]) | (items[1:] != items[:-1]))[: len(order)])
        weights, ages = np.maximum.reduceat(self.weights[order], firsts), np.minimum.reduceat(self.ages[order], firsts)
        return Log.of(people[firsts], items[firsts], weights, ages, self.shape)


def power(totals: Floats, exponent: float) -> Floats:
    """``totals ** -exponent``, 0 where nothing was counted."""
    return np.where(totals > 0, np.maximum(totals, 1e-12) ** -exponent, 0).astype(np.float32)


def ranks(matrix: sparse.csr_matrix) -> tuple[Ints, Ints]:
    """An order of the entries, best of each row first, and the place in its row of each entry in that order."""
    lengths = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), lengths)
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    places = np.arange(len(order)) - np.repeat(matrix.indptr[:-1], lengths)
    return order.astype(np.int32), places.astype(np.int32)


def best(matrix: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """The ``most`` largest positive entries of each row, largest first."""
    order, places = ranks(matrix)
    kept = order[(places < most) & (matrix.data[order] > 0)]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
    pointers = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))))
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], pointers), shape=matrix.shape)
