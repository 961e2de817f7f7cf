"""What an item's closest ones foretell of it together: a ridge regression for each item on its candidates alone.

Likeness counts two neighbours that are always bought together twice; here they share one say. The equations of a
block of items stand in one sparse matrix, diagonal in blocks, and are solved at once by conjugate gradients.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy import sparse

from recommender.training.log import Floats, Ints, Log, power
from recommender.training.neighbors import Likeness
from recommender.training.settings import Settings

STEPS = 5
BLOCK = 128  # items solved at once: some 1.3 million entries
PIECE = 1024  # items of one thread's turn
SAMPLE = 1024
MOST_PEOPLE = 20_000  # a popular item's people beyond these tell nothing new


class Regression:
    def __init__(self, log: Log, settings: Settings) -> None:
        self.settings, self.likeness = settings, Likeness(log, replace(settings, step_decay=0))
        self.totals = np.asarray(log.touched.sum(0), np.float32).ravel()
        busy = np.asarray(log.touched.sum(1), np.float32).ravel()
        people = sparse.diags(power(busy, settings.regression_person_power))
        items = sparse.diags(power(self.totals, settings.regression_item_power))
        self.columns = (people @ log.touched @ items).T.tocsr().astype(np.float32)
        self.people_count = log.shape[0]

    def table(self, seconds: float, threads: int) -> sparse.csr_matrix:
        """By source, to the scale of its share: what each item says for those it foretells. The most popular ones come
        first, and what is not solved when the seconds are over is left to likeness alone."""
        until = time.monotonic() + seconds
        order = np.argsort(-self.totals, kind="stable").astype(np.int32)
        pieces = [order[start : start + PIECE] for start in range(0, len(order), PIECE)]

        def solve(targets: Ints) -> sparse.coo_matrix | None:
            return self.solve(targets).tocoo() if time.monotonic() < until else None

        with ThreadPoolExecutor(threads) as pool:
            solved = [
                (piece, found)
                for piece, found in zip(pieces, pool.map(solve, pieces), strict=True)
                if found is not None
            ]
        if not solved:
            return sparse.csr_matrix((len(order), len(order)), dtype=np.float32)
        targets = np.concatenate([piece[found.row] for piece, found in solved])
        sources = np.concatenate([found.col for _piece, found in solved])
        values = np.concatenate([found.data for _piece, found in solved]) * np.float32(self.scale())
        return sparse.csr_matrix((values, (sources, targets)), shape=(len(order), len(order)))

    def scale(self) -> float:
        """What regression is multiplied by to weigh as much as its share; from a fixed sample of items."""
        sample = np.arange(0, len(self.totals), max(1, len(self.totals) // SAMPLE), dtype=np.int32)
        likeness = self.likeness.candidates(sample, self.settings.candidates)
        return self.settings.regression_share * float(likeness.sum() / max(abs(self.solve(sample)).sum(), 1e-12))

    def solve(self, targets: Ints) -> sparse.csr_matrix:
        """One row of each target: the weights of the items that foretell it."""
        found = [self._solve(targets[start : start + BLOCK]) for start in range(0, len(targets), BLOCK)]
        return sparse.vstack(found, "csr") if found else sparse.csr_matrix((0, len(self.totals)), dtype=np.float32)

    def _solve(self, targets: Ints) -> sparse.csr_matrix:
        candidates = self.likeness.candidates(targets, self.settings.candidates)
        sizes = np.diff(candidates.indptr) + 1  # each target stands behind its candidates
        ends = np.cumsum(sizes)
        columns = np.insert(candidates.indices, candidates.indptr[1:], targets)
        gram = self._gram(columns, ends, sizes)
        kept = np.ones(len(columns), np.float32)
        kept[ends - 1] = 0
        wanted = (gram @ (1 - kept)) * kept
        weights = _conjugate_gradients(gram, wanted, kept, np.float32(self.settings.penalty), ends - sizes)
        back = power(self.totals, self.settings.regression_item_power)  # from normalized entries to plain ones
        values = weights[kept > 0] * back[candidates.indices] / np.maximum(np.repeat(back[targets], sizes - 1), 1e-12)
        return sparse.csr_matrix(
            (values.astype(np.float32), candidates.indices, candidates.indptr), shape=candidates.shape
        )

    def _gram(self, columns: Ints, ends: Ints, sizes: Ints) -> sparse.csr_matrix:
        """Products of all columns that belong to one target. Each target's people are numbered apart."""
        lengths = np.minimum(np.diff(self.columns.indptr)[columns], MOST_PEOPLE)
        pointers = np.concatenate(([0], np.cumsum(lengths)))
        starts = self.columns.indptr[:-1][columns].astype(np.int64) - pointers[:-1]
        places = np.repeat(starts, lengths) + np.arange(pointers[-1])
        people, values = self.columns.indices[places], self.columns.data[places]
        numbers, names = np.empty(len(people), np.int32), np.zeros(self.people_count, np.int32)
        for start, end in zip(pointers[ends - sizes], pointers[ends], strict=True):
            names[people[start:end]] = np.arange(start, end, dtype=np.int32)  # whichever is written last is the name
            numbers[start:end] = names[people[start:end]]
        apart = sparse.csr_matrix((values, numbers, pointers), shape=(len(columns), max(len(people), 1)))
        return apart @ apart.T.tocsr()


def _conjugate_gradients(
    gram: sparse.csr_matrix, wanted: Floats, kept: Floats, penalty: np.float32, starts: Ints
) -> Floats:
    """Solves ``(gram + penalty) x = wanted`` for all blocks, with x = 0 where ``kept`` is; some STEPS are enough."""
    blocks = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(wanted))))

    def dot(left: Floats, right: Floats) -> Floats:
        return np.add.reduceat(left * right, starts)

    scale = 1 / (gram.diagonal() + penalty)
    found, rest = np.zeros_like(wanted), wanted
    step = direction = scale * rest
    size = dot(rest, step)
    for _ in range(STEPS):
        moved = (gram @ direction + penalty * direction) * kept
        length = size / np.maximum(dot(direction, moved), 1e-12)
        found = found + length[blocks] * direction
        rest = rest - length[blocks] * moved
        step = scale * rest
        before, size = size, dot(rest, step)
        direction = step + (size / np.maximum(before, 1e-12))[blocks] * direction
    return found
