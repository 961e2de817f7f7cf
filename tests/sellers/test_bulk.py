"""Changing many products at once: what becomes of each, carrying it out, taking it back."""

import pytest

from sellers import selectors
from sellers import services as sellers
from sellers.models import BulkEdit, BulkRow, Post, PostEdit
from sellers.services import bulk as bulk_services
from sellers.services.bulk_rules import by_percent
from tests.factories import make_category, make_channel, make_post, make_product_post

pytestmark = pytest.mark.django_db


def preview(channel, *posts, kind, **how):
    by = channel.members.get(role="owner").person
    return sellers.preview_bulk_edit(channel=channel, by=by, posts=[post.pk for post in posts], kind=kind, **how)


def run(bulk, step=sellers.apply_bulk_edit):
    """The step, and what a worker does of it."""
    step(bulk=bulk, by=bulk.by)
    while sellers.run_bulk_edit(bulk.pk):
        pass
    return BulkEdit.objects.get(pk=bulk.pk)


def undo(bulk):
    return run(bulk, sellers.undo_bulk_edit)


def fresh(post):
    return Post.objects.select_related("product__category", "channel").get(pk=post.pk)


def rows(bulk):
    return list(bulk.rows.order_by("post").values_list("state", "problem"))


def edited(post, by, **changes):
    post = fresh(post)
    data = sellers.data_of(post.product)
    words = {"title": data.title, "price_minor": data.price_minor, "category": data.category, "stock": data.stock}
    pictures = [(row.picture, row.alt) for row in post.pictures.select_related("picture")]
    return sellers.edit_post(
        post=post,
        by=by,
        expected_version=post.version,
        text=post.text,
        pictures=pictures,
        product=sellers.ProductData(**words | changes),
    )


@pytest.mark.parametrize(
    ("price", "percent", "currency", "new"),
    [
        (38_00, -10, "USD", 34_20),
        (9_99, -15, "USD", 8_49),  # 849.15
        (1_05, 50, "USD", 1_58),  # 157.5, half up
        (1_234_500, 10, "IRR", 1_358_000),  # to a hundred toman
        (499, -50, "TWD", 250),
    ],
)
def test_a_percentage_is_rounded_as_its_currency_is_written(price, percent, currency, new):
    assert by_percent(price, percent, currency) == new


def test_prices_change_with_their_history_and_back(channel, seller):
    posts = [make_product_post(channel, price_minor=price) for price in (100_00, 55_50)]
    bulk = preview(channel, *posts, kind="percent", value=-10)
    shown = bulk.rows.order_by("post").values_list("before__price_minor", "after__price_minor")
    assert list(shown) == [(100_00, 90_00), (55_50, 49_95)]
    assert [fresh(post).product.price_minor for post in posts] == [100_00, 55_50]
    assert run(bulk).state == "done"
    assert [fresh(post).product.price_minor for post in posts] == [90_00, 49_95]
    history = PostEdit.objects.order_by("post").values_list("by", "before__product__price_minor")
    assert list(history) == [(seller.pk, 100_00), (seller.pk, 55_50)]
    assert undo(bulk).state == "undone"
    assert [fresh(post).product.price_minor for post in posts] == [100_00, 55_50]
    assert PostEdit.objects.count() == 4


def test_variants_keep_their_distance(channel, taxonomy):
    leaf = make_category(attributes=["size"])
    variants = [sellers.VariantData({"size": "s"}, 10_00, 1), sellers.VariantData({"size": "m"}, 12_00, 2)]
    post = make_product_post(channel, category=leaf, price_minor=10_00, variants=variants)
    bulk = run(preview(channel, post, kind="amount", value=3_00))
    prices = [variant.price_minor for variant in fresh(post).product.variants.order_by("position")]
    assert (prices, fresh(post).product.price_minor) == ([13_00, 15_00], 13_00)
    undo(bulk)
    assert [variant.price_minor for variant in fresh(post).product.variants.order_by("position")] == [10_00, 12_00]
    refused = [preview(channel, post, kind=kind, value=5) for kind in ("price", "stock", "units")]
    assert [row.state for bulk in refused for row in bulk.rows.all()] == ["refused"] * 3


def test_an_error_for_each_product_that_stays(channel):
    posts = [
        make_product_post(channel, price_minor=5_00),
        make_product_post(channel, price_minor=50_00, compare_at_minor=52_00),
        make_product_post(channel, price_minor=50_00),
    ]
    assert rows(preview(channel, *posts, kind="amount", value=-5_00)) == [
        ("refused", "Its price would not be above zero."),
        ("ready", ""),
        ("ready", ""),
    ]
    assert rows(preview(channel, *posts, kind="amount", value=5_00))[1][0] == "refused"
    assert rows(preview(channel, posts[2], kind="price", value=50_00)) == [("refused", "It says that already.")]


def test_stock_counts_what_is_sold_meanwhile(channel):
    posts = [make_product_post(channel, stock=stock) for stock in (5, 2, None)]
    bulk = preview(channel, *posts, kind="units", value=-3)
    assert rows(bulk) == [
        ("ready", ""),
        ("refused", "There are only 2."),
        ("refused", "It is made to order: there is no number to change."),
    ]
    bulk = preview(channel, posts[0], kind="stock", value=10)
    sellers.take_units(product_id=posts[0].product.pk, quantity=1)
    run(bulk)
    assert fresh(posts[0]).product.stock == 10
    sellers.take_units(product_id=posts[0].product.pk, quantity=2)
    undo(bulk)
    assert fresh(posts[0]).product.stock == 2  # 4 there were, and two are sold
    order = run(preview(channel, posts[1], kind="stock", value=None))
    assert fresh(posts[1]).product.stock is None
    undo(order)
    assert fresh(posts[1]).product.stock == 2


def test_a_category_takes_what_it_asks_for_and_gives_it_back(channel):
    colors, sizes = make_category(attributes=["color"]), make_category(attributes=["size"])
    post = make_product_post(channel, category=colors, attributes={"color": "teal"})
    bulk = run(preview(channel, post, kind="category", category=sizes.pk))
    assert (fresh(post).product.category, fresh(post).product.attributes) == (sizes, {})
    undo(bulk)
    assert (fresh(post).product.category, fresh(post).product.attributes) == (colors, {"color": "teal"})
    parent = make_category()
    make_category(parent=parent)
    assert rows(preview(channel, post, kind="category", category=parent.pk))[0][0] == "refused"


def test_archived_and_back(channel):
    posts = [make_product_post(channel), make_product_post(channel, publish="draft")]
    bulk = preview(channel, *posts, kind="archive")
    assert rows(bulk) == [("ready", ""), ("refused", "Only what is published can be archived.")]
    run(bulk)
    assert (fresh(posts[0]).state, fresh(posts[0]).product.is_listed) == ("archived", False)
    undo(bulk)
    assert (fresh(posts[0]).state, fresh(posts[0]).product.is_listed) == ("published", True)


def test_what_somebody_changed_in_between_stays(channel, seller):
    posts = [make_product_post(channel, price_minor=10_00) for _ in range(3)]
    bulk = preview(channel, *posts, kind="price", value=20_00)
    edited(posts[0], seller, title="Another name")
    run(bulk)
    assert [fresh(post).product.price_minor for post in posts] == [10_00, 20_00, 20_00]
    edited(posts[1], seller, price_minor=25_00)
    undo(bulk)
    assert [fresh(post).product.price_minor for post in posts] == [10_00, 25_00, 10_00]
    changed = "Somebody changed it in the meantime."
    assert rows(bulk) == [("refused", changed), ("kept", changed), ("undone", "")]


def test_a_run_that_died_goes_on_where_it_stopped(channel, monkeypatch):
    posts = [make_product_post(channel, price_minor=10_00) for _ in range(5)]
    bulk = preview(channel, *posts, kind="price", value=20_00)
    monkeypatch.setattr(bulk_services, "BATCH", 2)
    sellers.apply_bulk_edit(bulk=bulk, by=bulk.by)
    assert sellers.run_bulk_edit(bulk.pk) is True
    assert selectors.get_bulk_counts(bulk) == selectors.BulkCounts(ready=3, refused=0, done=2, kept=0, undone=0)
    sellers.apply_bulk_edit(bulk=bulk, by=bulk.by)
    assert [sellers.run_bulk_edit(bulk.pk) for _ in range(3)] == [True, False, False]
    assert PostEdit.objects.count() == 5
    with pytest.raises(sellers.NotAllowed):
        sellers.apply_bulk_edit(bulk=bulk, by=bulk.by)


def test_none_too_many_and_strangers_are_left_out(channel, rival_channel, settings):
    post, strange = make_product_post(channel), make_product_post(rival_channel)
    with pytest.raises(sellers.NotAllowed, match="at least one"):
        preview(channel, kind="archive")
    assert preview(channel, post, strange, make_post(channel), kind="archive").rows.count() == 1
    settings.BULK_EDIT_ROWS = 1
    with pytest.raises(sellers.NotAllowed, match="At most 1 products at once"):
        preview(channel, post, strange, kind="archive")


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_costs_the_same_for_any_number(channel, count, django_assert_num_queries):
    posts = [make_product_post(channel) for _ in range(count)]
    selectors.get_category_tree()
    with django_assert_num_queries(9):
        preview(channel, *posts, kind="percent", value=5)


# --- pages


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_any_number(channel, seller_client, count, django_assert_num_queries):
    posts = [make_product_post(channel) for _ in range(count)]
    bulk = run(preview(channel, *posts, kind="percent", value=5))
    where = f"/dashboard/{channel.handle}/posts/bulk/"
    with django_assert_num_queries(4):  # session, channel, posts, how many match
        assert seller_client.get(where).status_code == 200
    with django_assert_num_queries(5):
        assert seller_client.get(f"{where}{bulk.pk}/").status_code == 200
    with django_assert_num_queries(3):
        assert seller_client.get(f"{where}before/").status_code == 200


def test_ticked_ones_or_all_that_match(channel, seller_client, django_capture_on_commit_callbacks):
    pots = [make_product_post(channel, title=f"Pot {number}", price_minor=10_00) for number in range(2)]
    cup = make_product_post(channel, title="Cup", price_minor=10_00)
    where = f"/dashboard/{channel.handle}/posts/bulk/"
    assert "Change all 2 that match" in seller_client.get(f"{where}?q=pot").content.decode()
    words = {"kind": "percent", "way": "down", "percent": "۱۰"}
    made = seller_client.post(f"{where}new/", words | {"all": "1", "q": "pot"})
    bulk = BulkEdit.objects.get()
    assert made["Location"] == f"{where}{bulk.pk}/"
    page = seller_client.get(made["Location"]).content.decode()
    assert ["2 products will change" in page, "<del>$10</del>" in page, "<b>$9</b>" in page] == [True] * 3
    with django_capture_on_commit_callbacks(execute=True):
        seller_client.post(f"{where}{bulk.pk}/apply/")
    assert [fresh(post).product.price_minor for post in (*pots, cup)] == [9_00, 9_00, 10_00]
    with django_capture_on_commit_callbacks(execute=True):
        seller_client.post(f"{where}{bulk.pk}/undo/")
    assert [fresh(post).product.price_minor for post in (*pots, cup)] == [10_00] * 3
    seller_client.post(f"{where}new/", {"kind": "stock", "stock": "7", "post": [cup.pk]})
    assert BulkRow.objects.filter(bulk__kind="stock").get().post_id == cup.pk


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "percent", "percent": ""}, "This field is required."),
        ({"kind": "price", "price": "forty"}, "Write a number"),
        ({"kind": "units", "units": "0"}, "Write a number above zero."),
        ({"kind": "category"}, "This field is required."),
        ({"kind": "archive", "price": "forty", "post": []}, "Choose at least one product."),
    ],
)
def test_what_is_missing_is_said(channel, seller_client, words, said):
    post = make_product_post(channel)
    page = seller_client.post(f"/dashboard/{channel.handle}/posts/bulk/new/", {"post": [post.pk]} | words)
    assert (page.status_code, said in page.content.decode()) == (422, True)


def test_a_stranger_finds_nothing(channel, rival_client, seller_client, rival):
    bulk = preview(channel, make_product_post(channel), kind="archive")
    where = f"/dashboard/{channel.handle}/posts/bulk/"
    pages = ("", "new/", "before/", f"{bulk.pk}/")
    assert [rival_client.get(f"{where}{page}").status_code for page in pages] == [404] * 4
    assert rival_client.post(f"{where}{bulk.pk}/apply/").status_code == 404
    own = make_channel(owner=rival).handle
    assert rival_client.post(f"/dashboard/{own}/posts/bulk/{bulk.pk}/apply/").status_code == 404
