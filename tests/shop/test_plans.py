"""How a query is looked up: which words are given up, and when nothing needs to be."""

from shop import plans, search, services
from tests.factories import make_product_post


def test_what_some_popular_things_have_very_many_have(channel, indexed):
    with indexed():
        for n in range(plans.FEW):
            make_product_post(channel, title=f"Cup of tea {n}")
    a_million, very_common = 1_000_000, {"fewest": plans.LONG}

    def counted(total: int, **known: int) -> tuple[int, bool]:
        choice = plans.Choice("'cup' & 'tea'", **known)
        plans.count_found([[choice]], total, "us")
        return choice.count, choice.is_common

    assert counted(a_million, **very_common) == (plans.FEW, False)  # none is marked as popular
    services.mark_popular()
    assert counted(a_million, **very_common) == (plans.ENOUGH, True)
    assert counted(a_million) == (plans.FEW, False)
    assert counted(plans.LONG, **very_common) == (plans.FEW, False)  # a few of so few say nothing


def test_each_choice_of_words_leaves_out_what_stricter_ones_find(channel, indexed):
    titles = ("Red tea cup", "Red tea tray", "Red cup", "Tea lamp", "Red lamp", "Tea")
    with indexed():
        ids = {title: make_product_post(channel, title=title).product.pk for title in titles}
    search.count_words()
    found = search.search("red tea cup", "us")
    assert (found.total, len({row.id for row in found.products.rows})) == (6, 6)
    assert found.products.rows[0].id == ids["Red tea cup"]
    strict = search.search("red tea cup", "us", sort="newest")
    assert [row.id for row in strict.products.rows] == [ids["Red tea cup"]]
