"""A small model that says to which category a thing's words belong. Needs scikit-learn: workers and commands only.

Runs of letters instead of words, so that endings, typos and scripts without spaces cost nothing; a linear classifier over
them (complement naive Bayes: right for many small classes, trained in one pass) is small and kept as plain arrays.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.naive_bayes import ComplementNB

from core.folding import fold

FEATURES = 2**15
SMOOTHING = 0.1
SHARPNESS = 4.0  # makes confidence about what share of such guesses is right; see bench/category_guess.py
SURE = 0.35  # of how sure the model is; below, it does not guess
_COUNT = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), n_features=FEATURES, alternate_sign=False, norm=None, dtype=np.float32
)


@dataclass(frozen=True)
class Model:
    """``weights`` has a row for each of ``labels``; ``rarity`` weighs the runs of letters."""

    labels: np.ndarray
    weights: np.ndarray
    rarity: np.ndarray

    def guess(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """(label, how sure: 0 to 1) of the likeliest label of each text."""
        words = _COUNT.transform(map(fold, texts))
        words.data = (1 + np.log(words.data)) * self.rarity[words.indices]
        lengths = np.sqrt(np.asarray(words.multiply(words).sum(axis=1)).ravel())
        scores = np.asarray(words @ self.weights.T) / np.maximum(lengths, 1e-9)[:, None] * SHARPNESS
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        best = odds.argmax(axis=1)
        return [(str(self.labels[at]), float(odds[row, at])) for row, at in enumerate(best)]

    def dump(self) -> bytes:
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, labels=self.labels, weights=self.weights.astype(np.float16), rarity=self.rarity.astype(np.float32)
        )
        return buffer.getvalue()


def load(file: BinaryIO) -> Model:
    """What ``dump`` wrote: arrays, never objects. Raises ValueError, KeyError or OSError for anything else."""
    with np.load(file, allow_pickle=False) as kept:
        return Model(kept["labels"], kept["weights"].astype(np.float32), kept["rarity"])


def train(texts: Sequence[str], labels: Sequence[str]) -> Model | None:
    """A model of these labels; None where there are not two of them."""
    if len(set(labels)) < 2:
        return None
    counts = _COUNT.transform(map(fold, texts))
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    classifier = ComplementNB(alpha=SMOOTHING).fit(weighing.transform(counts), labels)
    # Its scores are the features' weights for the complement: no constant, and only differences count.
    weights = classifier.feature_log_prob_ - classifier.feature_log_prob_.mean(axis=0)
    rarity = np.where(counts.getnnz(axis=0) > 0, weighing.idf_, 0)  # what nobody wrote yet says nothing
    return Model(np.array(classifier.classes_, dtype=np.str_), weights.astype(np.float32), rarity)
