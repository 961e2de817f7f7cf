"""How a query is looked up: which words are given up, and when nothing needs to be."""

from shop import plans, search
from tests.factories import make_product_post


def test_what_very_many_things_have_is_judged_by_a_sample(channel, indexed, monkeypatch):
    with indexed():
        for n in range(9):
            make_product_post(channel, title=f"Cup of tea {n}")
    search.count_words()
    monkeypatch.setattr(plans, "VERY_COMMON", 5)
    assert search.search("cup tea", "us").total == 9
    assert search.plan_query("cup tea", "us").ranking.choices == ()
    assert search.plan_query("cup lamp tea", "us").is_loose


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
