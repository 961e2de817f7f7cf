"""A person's list from the table: the sum of her history's rows, and what is popular where she has said little."""

import numpy as np
from scipy import sparse

from recommender.training.log import Floats, Ints, Log
from recommender.training.settings import Settings


class Scorer:
    """Lists for people of a log, with what they have touched left out."""

    def __init__(self, log: Log, table: sparse.csr_matrix, settings: Settings, most: int = 0) -> None:
        """``most`` events of a history, the newest; 0: all."""
        self.touched, self.table, self.share = log.touched, table, np.float32(settings.popular_share)
        read = log.newest(most) if most else log
        self.history = read.matrix(_newest_is_one(read, settings.history_half_life))
        self.popular = log.popularity(settings.popular_half_life)

    def scores(self, people: Ints) -> Floats:
        """A row for each person; what she touched is minus infinity."""
        scores = np.asarray((self.history[people] @ self.table).todense())
        if self.share:
            scores /= np.maximum(scores.max(1, keepdims=True), 1e-12)
            scores += self.share * self.popular
        mine = self.touched[people].tocoo()
        scores[mine.row, mine.col] = -np.inf
        return scores

    def top(self, people: Ints, most: int) -> Ints:
        """Her ``most`` best items, best first; of equal ones the one with the smaller number."""
        scores = self.scores(people)
        most = min(most, scores.shape[1])
        ids = np.sort(np.argpartition(-scores, most - 1, axis=1)[:, :most], axis=1).astype(np.int32)
        order = np.argsort(-np.take_along_axis(scores, ids, 1), axis=1, kind="stable")
        return np.take_along_axis(ids, order, 1)


def _newest_is_one(log: Log, half_life: float) -> Floats:
    """What is left of each event, counted from the person's own newest one: old people have histories too."""
    newest = np.full(log.shape[0], np.inf, np.float32)
    np.minimum.at(newest, log.people, log.ages)
    return log.where(np.ones(len(log.ages), bool), newest[log.people]).faded(half_life)
