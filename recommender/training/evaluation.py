"""How good a shop's lists would have been: made before a moment, measured on what people did after it."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy import sparse

from recommender.training.content import Content
from recommender.training.log import Ints, Log
from recommender.training.measures import blocks_of, measure
from recommender.training.scoring import Scorer
from recommender.training.settings import Settings
from recommender.training.table import make_table
from recommender.training.tuning import PEOPLE, later_slices, sample, touched_by

LIST = 20
TREND_DAYS = 7.0  # the half-life of what is trending


@dataclass(frozen=True)
class Figures:
    """NDCG at 20 of the table, of what is popular ever and of what is trending, over ``people``; and of the table's
    lists: which share of all items is in any, how rare they are (bits), and how uneven among channels (Gini)."""

    people: int
    ndcg: float
    recall: float
    popular_ndcg: float
    trending_ndcg: float
    coverage: float
    novelty: float
    gini: float

    def as_json(self) -> dict[str, float]:
        return {name: round(value, 5) for name, value in asdict(self).items()}


def evaluate(
    log: Log, settings: Settings, channels: np.ndarray, content: Content | None = None, seconds: float = math.inf
) -> Figures | None:
    """On the last tenth of the events; None while nobody did anything new in it. ``channels`` of each item; regression
    has ``seconds``."""
    earlier, later = later_slices(log)[0]
    people = sample(later, PEOPLE)
    if not len(people):
        return None
    needed = touched_by(earlier, people)
    scorer = Scorer(earlier, make_table(earlier, settings, content, needed=needed, seconds=seconds), settings)
    quality = measure(scorer.top, later, people)
    plain = sparse.csr_matrix((log.shape[1], log.shape[1]), dtype=np.float32)

    def of_popular(half_life: float) -> float:
        alone = replace(settings, popular_half_life=half_life, popular_share=1)
        return measure(Scorer(earlier, plain, alone).top, later, people).ndcg_20

    shown = _shown(scorer.top, people, log.shape[1])
    popularity = np.bincount(earlier.items, minlength=log.shape[1]) / max(len(earlier.items), 1)
    bits = -np.log2(np.maximum(popularity, 0.5 / max(len(earlier.items), 1)))
    return Figures(
        people=len(people),
        ndcg=quality.ndcg_20,
        recall=quality.recall_20,
        popular_ndcg=of_popular(0),
        trending_ndcg=of_popular(TREND_DAYS),
        coverage=float((shown > 0).mean()),
        novelty=float((shown * bits).sum() / max(shown.sum(), 1)),
        gini=gini(np.bincount(np.unique(channels, return_inverse=True)[1], weights=shown)),
    )


def _shown(top: Callable[[Ints, int], Ints], people: Ints, items: int) -> np.ndarray:
    lists = [top(block, LIST).ravel() for block in blocks_of(people, items)]
    return np.bincount(np.concatenate(lists), minlength=items)


def gini(amounts: np.ndarray) -> float:
    """0 where all have as much, near 1 where one has all."""
    ordered, count = np.sort(amounts), len(amounts)
    total = ordered.sum()
    if not total:
        return 0
    return float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * total))
