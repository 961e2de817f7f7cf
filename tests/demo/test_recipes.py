import pytest

from demo.recipes import Item, Recipe, RecipeError, parse


def test_a_line_becomes_a_recipe():
    assert parse("teapot+jar@40 shelf hue=+20 rotate=10 sat=.5", 75) == Recipe(
        items=(Item("teapot", 10), Item("jar", 40)), scene="shelf", hue=95, saturation=0.5
    )


def test_an_absolute_hue_wins_over_the_channels():
    assert parse("teapot podium hue=195", 75).hue == 195


def test_a_photograph_needs_no_scene():
    assert parse("photo:kari-shea-398668 at=.5,.55 zoom=1.6", 15) == Recipe(
        photo="kari-shea-398668", hue=15, center=(0.5, 0.55), zoom=1.6
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("teapot cellar", "no scene called 'cellar'"),
        ("teapot podium light=3", "unknown option light"),
        ("teapot podium bright", "every option is written name=value"),
    ],
)
def test_a_line_that_says_nothing_is_refused(line, message):
    with pytest.raises(RecipeError) as problem:
        parse(line, 0)
    assert message in str(problem.value)


def test_equal_recipes_share_a_file_and_sizes_do_not():
    assert parse("teapot podium", 75).digest(960) == parse("teapot podium hue=+0", 75).digest(960)
    assert parse("teapot podium", 75).digest(960) != parse("teapot podium", 75).digest(512)
