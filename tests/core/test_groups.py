"""Groups of experiments: sticky, even, apart."""

from core.groups import group_of, place_of

PEOPLE = [f"somebody {number}" for number in range(4000)]


def _members(name: str, experiment: str = "lists", **shares: float) -> set[str]:
    return {who for who in PEOPLE if group_of(experiment, who, shares, "rest") == name}


def test_a_group_is_kept_for_ever():
    assert [round(place_of("picks", who), 6) for who in ("1", "2", "abc")] == [0.218435, 0.103468, 0.824116]


def test_shares_are_kept_and_the_rest_is_the_rest():
    few, more = _members("few", few=0.1, more=0.3), _members("more", few=0.1, more=0.3)
    assert abs(len(few) / len(PEOPLE) - 0.1) < 0.015
    assert abs(len(more) / len(PEOPLE) - 0.3) < 0.025
    assert few.isdisjoint(more)
    assert _members("rest", few=0.1, more=0.3) == set(PEOPLE) - few - more


def test_nobody_leaves_a_group_that_grows():
    assert _members("few", few=0.05) < _members("few", few=0.1)
    assert (_members("few", few=0), _members("few", few=1)) == (set(), set(PEOPLE))


def test_one_experiment_says_nothing_of_another():
    both = _members("few", few=0.2) & _members("few", experiment="other", few=0.2)
    assert abs(len(both) / len(PEOPLE) - 0.04) < 0.01
