"""The bench of the recommender: what it reads out of each format, and the lines that a run of it ends with."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench import recommender as bench
from recommender.training.measures import measure
from recommender.training.scoring import Scorer
from recommender.training.table import make_table

BASE = Path(__file__).resolve().parents[2]
DAY = bench.DAY
PEOPLE, ITEMS, EACH = 40, 30, 10


@pytest.fixture(params=["plain", "gzip"])
def write(request, tmp_path: Path):
    """Lines as a file of one kind or the other."""

    def write_(name: str, *lines: str) -> Path:
        text = "".join(f"{line}\n" for line in lines)
        path = tmp_path / (f"{name}.gz" if request.param == "gzip" else name)
        path.write_bytes(gzip.compress(text.encode()) if request.param == "gzip" else text.encode())
        return path

    return write_


def known(task: bench.Task) -> list[tuple[int, int, float, float]]:
    """Person, item, weight and age of each event."""
    log = task.log
    return list(zip(log.people.tolist(), log.items.tolist(), log.weights.tolist(), log.ages.tolist(), strict=True))


def later(task: bench.Task) -> list[tuple[int, int]]:
    people, items = task.later.nonzero()
    return sorted(zip(people.tolist(), items.tolist(), strict=True))


def test_sets(write):
    task = bench.read_sets(write("train", "0 2 1", "", "1 0"), write("test", "1 3 3", "2 1"))
    assert known(task) == [(0, 2, 1, 0), (0, 1, 1, 0), (1, 0, 1, 0)]
    assert later(task) == [(1, 3), (2, 1)]
    assert task.later.data.tolist() == [1, 1]
    assert task.log.shape == (3, 4)


def test_sequences_are_in_the_order_of_time(write):
    task = bench.read_sequences(write("train", "0 2 1 3", "1 0"), write("test", "0 0", "1 1"))
    assert known(task) == [(0, 2, 1, 2), (0, 1, 1, 1), (0, 3, 1, 0), (1, 0, 1, 0)]
    assert later(task) == [(0, 0), (1, 1)]


def test_sequences_without_a_test_keep_everybodys_last_item_back(write):
    """But of who has one alone: nothing would be known of her."""
    task = bench.read_sequences(write("train", "0 2 1 3", "1 0"), None)
    assert known(task) == [(0, 2, 1, 1), (0, 1, 1, 0), (1, 0, 1, 0)]
    assert later(task) == [(0, 3)]


def test_timed_events_of_one_pair_are_one_as_old_as_the_newest(write):
    train = write("train", "person item time", f"0 1 {DAY}", f"1 0 {3 * DAY}", f"0 1 {2 * DAY}")
    task = bench.read_timed(train, write("test", "person item time", f"0 2 {4 * DAY}"))
    assert known(task) == [(0, 1, 1, 1), (1, 0, 1, 0)]
    assert later(task) == [(0, 2)]


def test_timed_without_a_test_keeps_the_newest_tenth_back(write):
    rows = [f"{n % 2} {n} {n * DAY}" for n in reversed(range(21))]
    task = bench.read_timed(write("train", "person item time", *rows), None)
    assert [(item, age) for _person, item, _weight, age in known(task)] == [
        (n, 18 - n) for n in (*range(0, 18, 2), *range(1, 18, 2))
    ]
    assert later(task) == [(0, 18), (0, 20), (1, 19)]


def test_events_weigh_what_they_say(write):
    rows = (f"0 1 click {DAY}", f"0 1 buy {2 * DAY}", f"0 1 click {3 * DAY}", f"0 0 fav {DAY}", f"1 0 cart {DAY}")
    train = write("train", "person item event time", *rows)
    task = bench.read_events(train, write("test", "person item", "1 2"))
    assert known(task) == [(0, 0, 3, 2), (0, 1, 6, 0), (1, 0, 5, 2)]
    assert later(task) == [(1, 2)]


@pytest.mark.parametrize("read", [bench.read_sets, bench.read_events])
def test_what_cannot_split_itself_needs_a_test(read, tmp_path):
    with pytest.raises(SystemExit, match="needs TEST"):
        read(tmp_path / "train", None)


def draw(form: str, folder: Path) -> list[Path]:
    """Forty people of two tastes in a file, and in another what they touch later where the format asks for it."""
    drawn = np.random.default_rng(5)
    tastes = [drawn.permutation(ITEMS // 2)[:EACH] + person % 2 * (ITEMS // 2) for person in range(PEOPLE)]
    lists = [[person, *taste] for person, taste in enumerate(tastes)]
    first, last = [each[:-2] for each in lists], [[each[0], *each[-2:]] for each in lists]
    match form:
        case "sets":
            files = {"train": first, "test": last}
        case "sequences":
            files = {"train": lists}
        case "timed":
            files = {"train": timed(lists)}
        case _:
            events = [(who, what, "buy" if at % 3 else "click", at) for who, what, at in timed(first)[1:]]
            pairs = [(row[0], item) for row in last for item in row[1:]]
            files = {"train": [("person", "item", "event", "time"), *events], "test": [("person", "item"), *pairs]}
    for name, rows in files.items():
        (folder / name).write_text("".join(f"{' '.join(map(str, row))}\n" for row in rows))
    return [folder / name for name in files]


def timed(lists: list[list[int]]) -> list[tuple]:
    """Everybody's next item a day later than the one before."""
    rows = [(row[0], item, day * DAY + row[0]) for row in lists for day, item in enumerate(row[1:])]
    return [("person", "item", "time"), *rows]


def run(form: str, files: list[Path], seconds: float) -> list[str]:
    command = [sys.executable, "-m", "bench.recommender", *map(str, files), "--format", form, "--tune", str(seconds)]
    return subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("form", bench.READERS)
def test_a_run_ends_with_the_products_own_method(form, tmp_path):
    files = draw(form, tmp_path)
    task = bench.READERS[form](files[0], files[1] if files[1:] else None)
    lines = run(form, files, 0)
    assert lines[0] == f"40 people, 30 items, {len(task.log.items):,} events, {task.later.nnz:,} to find"
    assert [line.partition(":")[0] for line in lines[1:3]] == ["popularity", "plain cosine"]
    own = measure(Scorer(task.log, make_table(task.log, task.start), task.start).top, task.later)
    assert lines[-4:] == [
        f"Recall@10 {own.recall_10:.4f}",
        f"NDCG@10 {own.ndcg_10:.4f}",
        f"Recall@20 {own.recall_20:.4f}",
        f"NDCG@20 {own.ndcg_20:.4f}",
    ]
    assert re.fullmatch(r"NDCG@20 0\.\d{4}", lines[-1])
    popular = float(re.findall(r"/(0\.\d{4}) Recall/NDCG@20", lines[1])[0])
    assert own.ndcg_20 > popular  # tastes are what there is to find


def test_settings_that_are_found_are_told_with_their_trials(tmp_path):
    lines = run("sets", draw("sets", tmp_path), 20)  # it ends sooner
    trials = [float(line.split()[1]) for line in lines if line.startswith("  validation 0.")]
    (found,) = [line for line in lines if line.startswith("tuned on the validation slice")]
    assert len(trials) > 1
    assert float(found.split()[-2]) == pytest.approx(max(trials), abs=1e-4)
    assert lines[-1].startswith("NDCG@20 0.")
