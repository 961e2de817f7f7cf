"""The table's formulas against the same written down plainly on small dense matrices."""

import numpy as np
import pytest

from recommender.training import tuning
from recommender.training.evaluation import evaluate, gini
from recommender.training.log import Log
from recommender.training.measures import measure
from recommender.training.neighbors import Likeness
from recommender.training.regression import Regression
from recommender.training.scoring import Scorer
from recommender.training.settings import Settings
from recommender.training.table import foretell, make_table

PEOPLE, ITEMS = 40, 12


@pytest.fixture(scope="module")
def log() -> Log:
    drawn = np.random.default_rng(3)
    people, items = np.nonzero(drawn.random((PEOPLE, ITEMS)) < 0.3)
    return Log.of(people, items, np.ones(len(people)), drawn.integers(0, 50, len(people)), (PEOPLE, ITEMS))


def all_items(log: Log) -> np.ndarray:
    return np.arange(log.shape[1], dtype=np.int32)


def test_likeness_is_the_formula(log):
    settings = Settings(width=ITEMS, source_power=0.6, target_power=0.3, person_power=0.4, entry_power=1.2)
    touched = log.touched.toarray()
    items, people = touched.sum(0), np.maximum(touched.sum(1), 1)
    plain = np.diag(items**-0.6) @ touched.T @ np.diag(people**-0.4) @ touched @ np.diag(items**-0.3)
    np.fill_diagonal(plain, 0)
    made = Likeness(log, settings).top_rows(all_items(log)).toarray()
    np.testing.assert_allclose(made, plain**1.2, rtol=1e-4)


def test_an_old_event_says_less(log):
    settings = Settings(width=ITEMS, half_life=10, person_power=0, source_power=0, target_power=0)
    faded = log.matrix(np.sqrt(np.exp2(-log.ages / 10))).toarray()
    plain = faded.T @ faded
    np.fill_diagonal(plain, 0)
    made = Likeness(log, settings).top_rows(all_items(log)).toarray()
    np.testing.assert_allclose(made, plain, rtol=1e-4)


def test_pairs_of_a_sequence_have_a_direction_and_fade_with_their_distance():
    log = Log.of([0, 0, 0], [0, 1, 2], [1, 1, 1], [2, 1, 0], (1, 3))
    settings = Settings(step_decay=0.5, backward=0.25, person_power=0, source_power=0, target_power=0)
    made = Likeness(log, settings).top_rows(all_items(log)).toarray()
    assert made.tolist() == [[0, 1, 0.5], [0.25, 0, 1], [0.125, 0.25, 0]]


def test_pairs_do_not_join_two_people():
    log = Log.of([0, 1], [0, 1], [1, 1], [0, 0], (2, 2))
    assert Likeness(log, Settings(step_decay=0.5)).top_rows(all_items(log)).nnz == 0


def test_regression_solves_each_items_equations(log):
    """With all other items as candidates and enough steps it is the closed form (a column of EASE without bias)."""
    settings = Settings(candidates=ITEMS, penalty=50.0)
    regression = Regression(log, settings)
    made = regression.solve(all_items(log)).toarray()
    busy = np.maximum(log.touched.toarray().sum(1), 1)
    columns = np.diag(busy**-0.5) @ log.touched.toarray()
    gram = columns.T @ columns
    for target in range(ITEMS):
        others = np.flatnonzero(regression.likeness.candidates(np.array([target], np.int32), ITEMS).toarray()[0])
        plain = np.linalg.solve(gram[np.ix_(others, others)] + 50 * np.eye(len(others)), gram[others, target])
        np.testing.assert_allclose(made[target, others], plain, rtol=1e-3)


def test_regression_ends_when_its_time_is_over(log):
    settings = Settings(regression_share=0.5)
    assert foretell(log, settings, seconds=0).nnz == 0
    assert foretell(log, settings).nnz > 0


@pytest.mark.parametrize("share", [0, 0.5])
def test_blocks_make_the_table_that_one_piece_makes(log, share, monkeypatch):
    settings = Settings(width=5, regression_share=share)
    whole = make_table(log, settings)
    monkeypatch.setattr("recommender.training.table.BLOCK", 5)
    pieces = make_table(log, settings)
    np.testing.assert_allclose(pieces.toarray(), whole.toarray(), rtol=1e-4)
    assert np.diff(whole.indptr).max() <= 5
    assert whole.diagonal().sum() == 0


def test_a_list_is_the_sum_of_her_rows_without_what_she_touched(log):
    settings = Settings(width=ITEMS)
    table = make_table(log, settings)
    person = np.array([7], np.int32)
    sums = (log.touched[person] @ table).toarray()[0]
    fresh = [item for item in np.argsort(-sums, kind="stable") if not log.touched[7, item]]
    assert Scorer(log, table, settings).top(person, len(fresh))[0].tolist() == fresh


def test_who_has_no_history_gets_what_is_popular():
    log = Log.of([0, 1, 1], [2, 2, 1], [1, 1, 1], [0, 0, 0], (3, 3))
    settings = Settings(popular_share=0.5)
    assert Scorer(log, make_table(log, settings), settings).top(np.array([2], np.int32), 2).tolist() == [[2, 1]]


def test_measures_are_those_of_the_books(log):
    later = Log.of([0, 0, 1], [3, 4, 5], [1, 1, 1], [0, 0, 0], (2, 30)).touched
    lists = np.array([[3, 9, 4, *range(10, 27)], [*range(6, 26)]], np.int32)
    quality = measure(lambda people, most: lists[people][:, :most], later)
    assert quality.recall_10 == quality.recall_20 == 0.5
    expected = (1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)) / 2
    assert quality.ndcg_20 == pytest.approx(expected)


def test_later_slices_keep_the_future_out(log):
    slices = tuning.later_slices(log)
    assert len(slices) == 5
    for earlier, later in slices:
        assert earlier.ages.min() >= 0
        assert later.multiply(earlier.touched).nnz == 0
    assert len(slices[0][0].items) > len(slices[-1][0].items)


def test_the_newest_of_each_is_kept_back(log):
    ((earlier, later),) = tuning.last_of_each(log)
    assert len(log.items) - len(earlier.items) == len(set(log.people.tolist()))
    assert later.sum(1).max() == 1


def test_tuning_keeps_what_the_slice_prefers(log):
    trials = [("target_power", (0.5, 0.0)), ("person_power", (0.0,))]
    best, quality = tuning.tune(log, Settings(), trials, tuning.random_slice)
    seen = []
    tuning.tune(log, Settings(), trials, tuning.random_slice, tell=lambda *tried: seen.append(tried[1].ndcg_20))
    assert len(seen) == 3
    assert quality.ndcg_20 == max(seen)
    assert best in (Settings(), *(Settings(target_power=b, person_power=g) for b in (0.5, 0.0) for g in (0.5, 0.0)))


def test_figures_are_those_of_the_definitions():
    """Three later people of a small log: the list's own measures from plain counting, on what came after a moment."""
    people = [0, 0, 1, 1, 2, 2, 3, 3, 3, 4]
    items = [0, 1, 0, 1, 0, 1, 0, 2, 3, 1]
    ages = [9, 8, 9, 8, 9, 8, 9, 8, 7, 0]
    log = Log.of(people, items, np.ones(10), ages, (5, 4))
    channels = np.array([40, 40, 90, 90])
    figures = evaluate(log, Settings(), channels)
    earlier, later = tuning.later_slices(log)[0]
    assert (later.nnz, len(earlier.items), figures.people) == (1, 9, 1)
    # Nobody knows person 4: every score is 0, so her list is all four in order, and the second one is what she took.
    assert (figures.recall, figures.coverage) == (1, 1)
    assert figures.ndcg == pytest.approx(1 / np.log2(3))
    shares = np.array([4, 3, 1, 1]) / 9
    assert figures.novelty == pytest.approx(-np.log2(shares).mean())
    assert figures.popular_ndcg == pytest.approx(1 / np.log2(3))
    assert figures.gini == 0  # two channels, each shown twice


def test_gini_is_that_of_the_books():
    assert gini(np.array([1.0, 1, 1, 1])) == 0
    assert gini(np.array([0.0, 0, 0, 1])) == pytest.approx(0.75)
