"""Neighbours of things nobody has touched yet: those described alike, by category, attributes, words and channel."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize
from sparse_dot_topn import sp_matmul_topn

from recommender.training.log import Floats, Ints

MOST = 30
SHARE = 0.5  # of what a well known neighbour counts, for a thing without events


class Content:
    """``tokens`` of each item, in the order of the log's items; ``counts`` of its events."""

    def __init__(self, tokens: Sequence[Sequence[str]], counts: Floats) -> None:
        names: dict[str, int] = {}
        columns = np.array([names.setdefault(token, len(names)) for row in tokens for token in row], np.int32)
        pointers = np.concatenate(([0], np.cumsum([len(row) for row in tokens])))
        matrix = sparse.csr_matrix(
            (np.ones(len(columns), np.float32), columns, pointers), shape=(len(tokens), max(len(names), 1))
        )
        rarity = np.log1p(len(tokens) / np.maximum(np.bincount(columns, minlength=matrix.shape[1]), 1))
        self.matrix = normalize(matrix @ sparse.diags(rarity.astype(np.float32))).tocsr().astype(np.float32)
        self.transposed = self.matrix.T.tocsr()
        self.unknown = 1 / (1 + counts)

    def rows(self, items: Ints) -> sparse.csr_matrix:
        """The most alike of each, which count the more the less is known of one of the two."""
        found = sp_matmul_topn(self.matrix[items], self.transposed, MOST + 1).tocoo()
        unknown = np.maximum(self.unknown[items][found.row], self.unknown[found.col])
        values = np.where(items[found.row] == found.col, 0, found.data * unknown * SHARE).astype(np.float32)
        alike = sparse.csr_matrix((values, (found.row, found.col)), shape=found.shape)
        alike.eliminate_zeros()
        return alike
