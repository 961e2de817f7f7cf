"""Neighbours of things nobody has touched yet: those described alike, by category, attributes, words and channel."""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize
from sparse_dot_topn import sp_matmul_topn

from recommender.training.log import Floats, Ints

MOST = 30
SHARE = 0.5  # of what a well known neighbour counts, for a thing without events


class Content:
    """``tokens`` of each item, in the order of the log's items."""

    def __init__(self, tokens: Iterable[Sequence[str]]) -> None:
        names: dict[str, int] = {}
        columns, pointers = array("i"), array("q", [0])
        for row in tokens:
            columns.extend(names.setdefault(token, len(names)) for token in row)
            pointers.append(len(columns))
        places, count = np.asarray(columns, np.int32), len(pointers) - 1
        matrix = sparse.csr_matrix(
            (np.ones(len(places), np.float32), places, np.asarray(pointers, np.int64)),
            shape=(count, max(len(names), 1)),
        )
        rarity = np.log1p(count / np.maximum(np.bincount(places, minlength=matrix.shape[1]), 1))
        weighed = (matrix @ sparse.diags(rarity.astype(np.float32))).tocsr()
        self.matrix = normalize(weighed).astype(np.float32) if count else weighed
        self.transposed = self.matrix.T.tocsr()

    def rows(self, items: Ints, totals: Floats) -> sparse.csr_matrix:
        """The most alike of each, which count the more the less is known of one of the two; ``totals`` of all events."""
        unknown = 1 / (1 + totals)
        found = sp_matmul_topn(self.matrix[items], self.transposed, MOST + 1).tocoo()
        surprise = np.maximum(unknown[items][found.row], unknown[found.col])
        values = np.where(items[found.row] == found.col, 0, found.data * surprise * SHARE).astype(np.float32)
        alike = sparse.csr_matrix((values, (found.row, found.col)), shape=found.shape)
        alike.eliminate_zeros()
        return alike
