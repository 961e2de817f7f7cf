"""HTML kept under its edition, and the switches in it."""

import pytest
from django.template import Context, Template
from django.utils import translation

from core import kept
from core.kept import CUT, Memory, choose, keep


def test_only_what_is_not_kept_is_made():
    asked = []

    def make(places: list[int]) -> dict[int, str]:
        asked.append(places)
        return {place: f"made {place}" for place in places}

    assert keep("test", ["a", "b"], make) == ["made 0", "made 1"]
    assert keep("test", ["b", "c", "a"], make) == ["made 1", "made 1", "made 0"]
    assert keep("test", [], make) == []
    assert asked == [[0, 1], [1]]


def test_each_language_and_kind_keeps_its_own():
    def say(words: str, kind: str = "test") -> list[str]:
        return keep(kind, ["hello"], lambda _places: {0: words})

    with translation.override("fa"):
        assert say("سلام") == ["سلام"]
    assert (say("hello"), say("other", "kind"), say("never")) == (["hello"], ["other"], ["hello"])


def test_what_cannot_be_made_is_empty_and_asked_for_again():
    assert keep("test", ["gone"], lambda _places: {}) == [""]
    assert keep("test", ["gone"], lambda _places: {0: "back"}) == ["back"]


@pytest.mark.parametrize(
    ("states", "shown"), [((False, False), "a-b-c"), ((True, False), "a+b-c"), ((True, True), "a+b+c")]
)
def test_each_switch_is_shown_in_its_state(states, shown):
    assert choose(CUT.join(["a", "-", "+", "b", "-", "+", "c"]), *states) == shown


def test_states_without_a_switch_change_nothing():
    assert choose("plain", True, False) == "plain"
    assert choose(CUT.join(["a", "-", "+", "b"]), True, True) == "a+b"


def test_memory_lets_go_of_what_was_shown_longest_ago():
    memory = Memory(2)
    memory.set_many({"a": "A", "b": "B"})
    assert memory.get_many(["a"]) == {"a": "A"}
    memory.set_many({"c": "C"})
    assert memory.get_many(["a", "b", "c"]) == {"a": "A", "c": "C"}


def test_memory_asks_the_shared_cache_for_what_another_process_made():
    assert keep("test", ["a"], lambda _places: {0: "theirs"}) == ["theirs"]
    kept.memory.clear()
    assert keep("test", ["a"], lambda _places: {0: "ours"}) == ["theirs"]


def test_nothing_is_kept_while_templates_may_change(settings):
    settings.DEBUG = True
    assert keep("test", ["a", "b"], lambda _places: {0: "old"}) == ["old", ""]
    assert keep("test", ["a"], lambda _places: {0: "new"}) == ["new"]


def test_the_tag_keeps_by_its_facts_and_the_language():
    page = Template("{% kept test place %}{{ words }}{% endkept %}")

    def say(place: str, words: str) -> str:
        return page.render(Context({"place": place, "words": words}))

    assert [say("here", "<a>"), say("here", "b"), say("there", "c")] == ["&lt;a&gt;", "&lt;a&gt;", "c"]
    with translation.override("fa"):
        assert say("here", "d") == "d"
