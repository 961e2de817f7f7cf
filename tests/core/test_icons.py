import pytest
from django.template import Context, Template
from lucide import IconDoesNotExist

from core.icons import icon, lines


def test_an_icon_is_silent_unless_it_has_a_label():
    assert icon("x") == f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{lines("x")}</svg>'
    assert icon("x", "s flip", "Close") == (
        f'<svg class="icon s flip" viewBox="0 0 24 24" role="img" aria-label="Close">{lines("x")}</svg>'
    )


def test_labels_and_classes_are_escaped():
    assert icon("x", '"><b>', '"<i>') == (
        f'<svg class="icon &quot;&gt;&lt;b&gt;" viewBox="0 0 24 24" role="img" aria-label="&quot;&lt;i&gt;">{lines("x")}</svg>'
    )


def test_the_tag_draws_the_icon():
    assert Template('{% icon "x" "s" %}').render(Context()) == icon("x", "s")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(IconDoesNotExist):
        icon("no-such-thing")
