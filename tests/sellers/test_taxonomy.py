"""The category tree is data that forms, facets and addresses trust; these are the promises it keeps."""

import re
from collections import Counter

from sellers.taxonomy import ATTRIBUTES, CATEGORIES, CategorySpec, attribute_slugs, walk

PATHS = list(walk())
LEAVES = [path[-1] for path in PATHS if not path[-1].children]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BY_SLUG = {path[-1].slug: path for path in PATHS}


def repeated(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def test_tree_is_wide_enough():
    assert (len(CATEGORIES) >= 13, len(LEAVES) >= 95) == (True, True)


def test_third_level_exists_only_where_a_root_is_crowded():
    assert {len(path) for path in PATHS} == {1, 2, 3}
    assert {path[0].slug for path in PATHS if len(path) == 3} == {"clothes", "electronics"}


def test_category_slugs_are_unique_addresses():
    slugs = [path[-1].slug for path in PATHS]
    assert repeated(slugs) == []
    assert [slug for slug in slugs if not SLUG.fullmatch(slug) or len(slug) > 40] == []


def test_leaf_names_are_short_and_tell_leaves_apart():
    assert [leaf.name for leaf in LEAVES if not 0 < len(leaf.name) <= 40] == []
    assert repeated([leaf.name for leaf in LEAVES]) == []


def test_every_category_has_an_icon():
    assert [path[-1].slug for path in PATHS if not SLUG.fullmatch(path[-1].icon)] == []


def test_unsortable_electronics_have_one_home():
    assert [leaf.slug for leaf in LEAVES if leaf.slug == "electronics-other"] == ["electronics-other"]


def test_categories_ask_only_for_known_attributes():
    known = {attribute.slug for attribute in ATTRIBUTES}
    asked = {slug for path in PATHS for slug in path[-1].attributes}
    assert asked == known


def test_category_asks_for_what_its_parents_ask_first():
    assert attribute_slugs(BY_SLUG["women-dresses"]) == ("color", "size", "material", "style")
    assert attribute_slugs(BY_SLUG["rings"]) == ("color", "material", "gemstone", "style", "ring-size")
    assert attribute_slugs((CategorySpec("a", "A", "box", ("x", "y")), CategorySpec("b", "B", "box", ("y", "z")))) == (
        "x",
        "y",
        "z",
    )


def test_category_asks_nothing_twice():
    assert [path[-1].slug for path in PATHS if repeated([slug for step in path for slug in step.attributes])] == []


def test_attribute_slugs_are_unique():
    assert repeated([attribute.slug for attribute in ATTRIBUTES]) == []
    assert [attribute.slug for attribute in ATTRIBUTES if not SLUG.fullmatch(attribute.slug)] == []


def test_choices_belong_to_choice_attributes_and_are_told_apart():
    assert [a.slug for a in ATTRIBUTES if (a.kind == "choice") != (len(a.choices) > 1)] == []
    assert [a.slug for a in ATTRIBUTES if repeated([value for value, _ in a.choices])] == []
    assert [a.slug for a in ATTRIBUTES if repeated([label for _, label in a.choices])] == []
    assert [value for a in ATTRIBUTES for value, _ in a.choices if not SLUG.fullmatch(value)] == []


def test_facets_and_variants_are_choices():
    assert [a.slug for a in ATTRIBUTES if (a.is_facet or a.is_variant) and a.kind != "choice"] == []
    assert [a.slug for a in ATTRIBUTES if a.is_variant] == ["color", "size", "shoe-size", "ring-size"]


def test_only_numbers_have_units():
    assert [a.slug for a in ATTRIBUTES if a.unit and a.kind != "number"] == []
    assert [a.slug for a in ATTRIBUTES if a.kind == "number" and not a.unit] == []


def test_colors_and_shoe_sizes_a_catalogue_can_be_mapped_to():
    choices = {a.slug: tuple(value for value, _ in a.choices) for a in ATTRIBUTES}
    assert choices["color"] == (
        *("black", "white", "grey", "red", "rose", "orange", "yellow", "green", "teal", "blue", "navy", "purple"),
        *("brown", "beige", "gold", "silver", "multicolor"),
    )
    assert choices["shoe-size"] == tuple(str(size) for size in range(35, 47))
