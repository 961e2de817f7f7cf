"""How good lists are, on what people did later."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse

from recommender.training.log import Ints

AT = (10, 20)
SCORES = 20_000_000  # at once: so many people as have so many together, one for each item


class Quality(NamedTuple):
    """Means over the people who did something later."""

    recall_10: float
    ndcg_10: float
    recall_20: float
    ndcg_20: float


def blocks_of(people: Ints, items: int) -> Iterator[Ints]:
    most = max(1, SCORES // max(items, 1))
    for start in range(0, len(people), most):
        yield people[start : start + most]


def measure(top: Callable[[Ints, int], Ints], later: sparse.csr_matrix, people: Ints | None = None) -> Quality:
    """Recall and NDCG at 10 and 20 of the lists that ``top(people, most)`` gives."""
    if people is None:
        people = np.flatnonzero(np.diff(later.indptr)).astype(np.int32)
    sums = np.zeros(4)
    discounts = 1 / np.log2(np.arange(2, AT[-1] + 2))
    for block in blocks_of(people, later.shape[1]):
        lists, truth = top(block, AT[-1]), later[block]
        hits = np.zeros((len(block), AT[-1]))
        rows = np.repeat(np.arange(len(block)), lists.shape[1])
        hits[:, : lists.shape[1]] = np.asarray(truth[rows, lists.ravel()]).reshape(lists.shape) > 0
        counts = np.diff(truth.indptr)
        for place, most in enumerate(AT):
            best = np.cumsum(discounts)[np.minimum(counts, most) - 1]
            sums[2 * place] += (hits[:, :most].sum(1) / counts).sum()
            sums[2 * place + 1] += ((hits[:, :most] @ discounts[:most]) / best).sum()
    return Quality(*(sums / max(len(people), 1)).tolist())
