"""The bench of search: what it reads, how it counts, and that each field of a file leads to its product."""

import math
from pathlib import Path

import pytest

from bench import search as bench

GAINS = {"kettle": {"k1": 3.0, "k2": 0.0, "k3": 1.0}, "brass lamp": {"l1": 1.0}}
PLAIN = """product_id\ttitle
k1\tWhistling kettle
k2\tEnamel kettle
l1\tLamp of brass
"""
WHOLE = """description\tbrand\tproduct_id\tattributes\ttitle
Boils "quickly\tHearthline\tk1\t\tWhistling kettle
\t\tk2\tcolour turquoise\tEnamel kettle
For a bedside\t\tl1\t\tLamp of brass
"""


@pytest.fixture
def judgments(tmp_path: Path) -> Path:
    path = tmp_path / "judgments.tsv"
    rows = ("kettle\tk1\t3", "kettle\tk2\t1", "brass lamp\tl1\t2", "kettle\tk3\t2")
    path.write_text("\n".join(("query\tproduct_id\trelevance", *rows)) + "\n")
    return path


def write(folder: Path, table: str) -> Path:
    path = folder / "products.tsv"
    path.write_text(table)
    return path


def fill(path: Path) -> dict[int, str]:
    """Filled and indexed as the bench does it; its VACUUM goes to the servers' own database and sees none of this."""
    names = bench.fill(list(bench.read_table(path)), "us")
    bench.index(names)
    return names


def ask(query: str, names: dict[int, str], **gains: float) -> bench.Answer:
    return bench.ask(query, gains, names, "us")


def test_gains_count_from_the_lowest_grade_of_all(judgments):
    assert bench.read_judgments(judgments) == GAINS


def test_columns_may_be_in_any_order_and_quotation_marks_are_letters(tmp_path):
    first, *_others = bench.read_table(write(tmp_path, WHOLE))
    assert first == {
        "product_id": "k1", "title": "Whistling kettle", "brand": "Hearthline", "description": 'Boils "quickly',
        "attributes": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["k1", "k3", "k2"], 1),
        (["k1", "k3"], 1),
        (["k3", "k1"], (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))),
        (["unjudged", "k1", "k3"], (3 / math.log2(3) + 1 / 2) / (3 + 1 / math.log2(3))),
        (["k2"], 0),
        ([*map(str, range(bench.FIRST)), "k1"], 0),
        ([], 0),
    ],
)
def test_strict_figures_are_those_of_the_definition(found, expected):
    assert bench.ndcg(found, GAINS["kettle"]) == pytest.approx(expected)


def test_a_query_without_a_good_answer_counts_nothing():
    assert bench.ndcg(["k2"], {"k2": 0.0}) == 0


def test_each_query_is_in_one_half():
    halves = [[bench.in_half(f"query {n}", half) for half in ("a", "b", None)] for n in range(100)]
    assert all(a != b and both for a, b, both in halves)
    assert 30 < sum(a for a, _b, _both in halves) < 70


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "product"), [("hearthline", "k1"), ("quickly", "k1"), ("turquoise", "k2"), ("bedside", "l1")]
)
def test_a_word_of_any_field_finds_its_product(tmp_path, query, product):
    names = fill(write(tmp_path, WHOLE))
    answer = ask(query, names, **{product: 1.0})
    assert (answer.strict, answer.condensed, answer.is_empty, answer.has_unknown_word) == (1, 1, False, False)


@pytest.mark.django_db
def test_what_a_field_has_no_room_for_is_looked_up_too(tmp_path):
    title, brand = "word " * (bench.TITLE // 5) + "tangerine", "word " * (bench.BRAND // 5) + "marigold"
    names = fill(write(tmp_path, f"product_id\ttitle\tbrand\nk1\t{title}\t{brand}\n"))
    assert [ask(query, names, k1=1.0).strict for query in ("tangerine", "marigold")] == [1, 1]


@pytest.mark.django_db
def test_titles_alone_will_do_and_are_known_again(tmp_path):
    path = write(tmp_path, PLAIN)
    assert bench.kept_names(path) == {}
    names = fill(path)
    assert list(names.values()) == ["k1", "k2", "l1"]
    assert bench.kept_names(path) == names
    assert ask("lamp", names, l1=1.0).strict == 1


@pytest.mark.django_db
def test_what_nobody_judged_is_taken_out_of_the_condensed_figure_alone(tmp_path):
    names = fill(write(tmp_path, PLAIN))
    answers = [ask("kettle", names, **{product: 1.0}) for product in ("k1", "k2")]
    assert sorted(each.strict for each in answers) == pytest.approx([1 / math.log2(3), 1])
    assert [each.condensed for each in answers] == [1, 1]


@pytest.mark.django_db
def test_a_slip_and_an_empty_answer_are_told(tmp_path):
    names = fill(write(tmp_path, PLAIN))
    slip, nothing = ask("ketle", names, k1=1.0), ask("xyzzyq", names, k1=1.0)
    assert (slip.has_unknown_word, slip.is_empty) == (True, False)
    assert (nothing.has_unknown_word, nothing.is_empty, nothing.strict) == (True, True, 0)


def test_one_query_is_enough_for_a_report(capsys):
    bench.report([bench.Answer(0.5, 0.75, False, True, 4.0)])
    assert "p50 4.0 ms  p95 4.0 ms  p99 4.0 ms" in capsys.readouterr().out


def test_the_report_has_every_figure(capsys):
    bench.report([bench.Answer(0.5, 0.75, False, True, 4.0), bench.Answer(0.0, 0.0, True, False, 4.0)])
    assert capsys.readouterr().out.splitlines() == [
        "queries 2",
        "nDCG@10 0.2500",
        "condensed 0.3750",
        "typo queries 1, nDCG@10 of these 0.5000",
        "zero results 50.00 %",
        "p50 4.0 ms  p95 4.0 ms  p99 4.0 ms",
    ]
