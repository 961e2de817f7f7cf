"""A small model that says to which category a thing's words belong. Needs scikit-learn: workers and commands only.

Runs of letters instead of words, so that endings, typos and scripts without spaces cost nothing; a linear classifier over
them is small, quick, and kept as plain arrays.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from core.folding import fold

FEATURES = 2**16
LEAST = 3  # things a category has before it can be guessed
SURE = 0.35  # of how sure the model is; below, it does not guess
SEED = 20_240_501
_VECTORIZER = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), n_features=FEATURES, alternate_sign=False, lowercase=True, dtype=np.float32
)


@dataclass(frozen=True)
class Model:
    """``weights`` has a row for each of ``labels``, ``bias`` one number."""

    labels: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def guess(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """(label, how sure: 0 to 1) of the likeliest label of each text."""
        scores = _VECTORIZER.transform(map(fold, texts)) @ self.weights.T + self.bias
        odds = 1 / (1 + np.exp(-scores))
        odds /= np.maximum(odds.sum(axis=1, keepdims=True), 1e-9)
        best = odds.argmax(axis=1)
        return [(str(self.labels[at]), float(odds[row, at])) for row, at in enumerate(best)]

    def dump(self) -> bytes:
        buffer = io.BytesIO()
        half = self.weights.astype(np.float16)
        np.savez_compressed(buffer, labels=self.labels, weights=half, bias=self.bias)
        return buffer.getvalue()


def load(file: BinaryIO) -> Model:
    """What ``dump`` wrote: arrays, never objects. Raises ValueError, KeyError or OSError for anything else."""
    with np.load(file, allow_pickle=False) as kept:
        return Model(kept["labels"], kept["weights"].astype(np.float32), kept["bias"])


def train(texts: Sequence[str], labels: Sequence[str]) -> Model | None:
    """A model of the labels that have LEAST texts; None where there are not two of them."""
    counts = Counter(labels)
    kept = [at for at, label in enumerate(labels) if counts[label] >= LEAST]
    if len({labels[at] for at in kept}) < 2:
        return None
    words = _VECTORIZER.transform(fold(texts[at]) for at in kept)
    classifier = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=30, tol=1e-3, random_state=SEED, average=True)
    classifier.fit(words, [labels[at] for at in kept])
    weights, bias = classifier.coef_, classifier.intercept_
    if len(classifier.classes_) == 2:  # of two labels it keeps the second's alone
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return Model(np.array(classifier.classes_, dtype=np.str_), weights.astype(np.float32), bias.astype(np.float32))
