"""Posts and products: what may be published, what an edit leaves behind, what lists repeat."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone, translation

from sellers import services as sellers
from sellers import signals, tasks
from sellers.models import Category, Post, PostEdit, Product, Variant
from tests import factories

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(hours=1)


@pytest.fixture
def shirts() -> Category:
    root = factories.make_category(slug="clothes", attributes=["color"])
    return factories.make_category(slug="shirts", parent=root, attributes=["size", "cut"])


def data(category: Category, **fields) -> sellers.ProductData:
    return sellers.ProductData(**{"title": "Shirt", "price_minor": 3800, "category": category, "stock": 3} | fields)


def problems(call, **arguments) -> dict[str, list[str]]:
    with pytest.raises(sellers.BadPost) as refused:
        call(**arguments)
    return refused.value.problems


def shots(number: int) -> list:
    return [(factories.make_picture(), f"shot {position}") for position in range(number)]


# --- posts


def test_post_is_published_with_its_pictures_in_order(channel, seller):
    pictures = shots(3)
    post = sellers.create_post(channel=channel, author=seller, text=" Hello ", pictures=pictures, publish="now")
    assert (post.text, post.state, post.in_feed, post.version) == ("Hello", "published", True, 1)
    rows = post.pictures.order_by("position").values_list("picture", "alt")
    assert list(rows) == [(picture.pk, alt) for picture, alt in pictures]


def test_post_says_something(channel, seller):
    found = problems(sellers.create_post, channel=channel, author=seller, text="  ")
    assert found == {"text": ["Write something or add a picture."]}


def test_post_has_at_most_ten_pictures_each_once(channel, seller):
    found = problems(sellers.create_post, channel=channel, author=seller, pictures=shots(11))
    assert found == {"pictures": ["A post has at most 10 pictures."]}
    twice = shots(1) * 2
    found = problems(sellers.create_post, channel=channel, author=seller, pictures=twice)
    assert found == {"pictures": ["The same picture is there twice."]}


def test_post_may_be_dated_back(channel, seller):
    then = timezone.now() - dt.timedelta(days=30)
    post = sellers.create_post(channel=channel, author=seller, text="Old", publish="now", published_at=then)
    assert post.published_at == then


def test_draft_is_published_scheduled_and_deleted(channel, seller):
    post = factories.make_post(channel, publish="draft")
    assert (post.state, post.published_at) == ("draft", None)
    at = timezone.now() + LATER
    assert sellers.schedule_post(post=post, by=seller, publish_at=at).publish_at == at
    assert sellers.unschedule_post(post=post, by=seller).state == "draft"
    assert sellers.publish_post(post=post, by=seller).state == "published"
    with pytest.raises(sellers.NotAllowed):
        sellers.delete_draft(post=post, by=seller)
    draft = factories.make_post(channel, publish="draft")
    sellers.delete_draft(post=draft, by=seller)
    with pytest.raises(sellers.NotAllowed):
        sellers.delete_draft(post=draft, by=seller)


@pytest.mark.parametrize("wait", [dt.timedelta(seconds=-1), dt.timedelta(days=400)])
def test_schedule_lies_ahead(channel, seller, wait):
    post = factories.make_post(channel, publish="draft")
    found = problems(sellers.schedule_post, post=post, by=seller, publish_at=timezone.now() + wait)
    assert found == {"publish_at": ["Choose a time from now to a year ahead."]}


def test_archived_post_comes_back_to_its_place(channel, seller):
    post = factories.make_product_post(channel)
    archived = sellers.archive_post(post=post, by=seller)
    assert (archived.state, archived.product.is_listed) == ("archived", False)
    restored = sellers.restore_post(post=post, by=seller)
    assert (restored.state, restored.published_at, restored.product.is_listed) == ("published", post.published_at, True)
    with pytest.raises(sellers.NotAllowed):
        sellers.restore_post(post=post, by=seller)


def test_due_posts_go_out_at_the_promised_time(channel, seller):
    at = timezone.now() + LATER
    due = factories.make_product_post(channel, publish=at)
    later = factories.make_post(channel, publish=at)
    assert due.product.is_listed is False
    passed = timezone.now() - LATER
    Post.objects.filter(pk=due.pk).update(publish_at=passed)
    tasks.publish_due_posts()
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, due.published_at, later.state) == ("published", passed, "scheduled")
    product = Product.objects.get()
    assert (product.is_listed, product.published_at) == (True, passed)
    assert sellers.publish_due_posts() == 0


# --- editing


def edit(post: Post, by, **changes) -> Post:
    pictures = [(row.picture, row.alt) for row in post.pictures.order_by("position").select_related("picture")]
    given = {"text": post.text, "pictures": pictures, "expected_version": post.version}
    return sellers.edit_post(post=post, by=by, **given | changes)


def test_edit_keeps_what_was_said(channel, seller):
    post = factories.make_post(channel, text="Befor", pictures=1)
    picture = post.pictures.get().picture
    edited = edit(post, seller, text="Before", pictures=[])
    assert (edited.text, edited.version, edited.pictures.count()) == ("Before", 2, 0)
    kept = PostEdit.objects.get()
    assert (kept.version, kept.by) == (1, seller)
    assert kept.before == {"text": "Befor", "pictures": [[picture.pk, "Picture 0"]], "product": None}


def test_edit_that_changes_nothing_writes_nothing(channel, seller, shirts):
    variants = [sellers.VariantData({"size": "s"}, 3000, 1), sellers.VariantData({"size": "m"}, None, 2)]
    post = factories.make_product_post(channel, category=shirts, variants=variants, text="Linen")
    version = Product.objects.get().version
    edited = edit(post, seller, product=sellers.data_of(post.product))
    assert (edited.version, PostEdit.objects.count(), Product.objects.get().version) == (1, 0, version)


def test_stale_edit_is_refused_with_what_it_says_now(channel, seller):
    post = factories.make_post(channel, text="One")
    edit(post, seller, text="Two")
    with pytest.raises(sellers.StalePost) as refused:
        edit(post, seller, text="Three", expected_version=1)
    assert (refused.value.post.text, PostEdit.objects.count()) == ("Two", 1)


def test_product_post_stays_one(channel, seller, shirts):
    with pytest.raises(TypeError):
        edit(factories.make_post(channel), seller, product=data(shirts))


def test_variant_keeps_its_row_when_others_change(channel, seller, shirts):
    variants = [sellers.VariantData({"size": "s"}, stock=1), sellers.VariantData({"size": "m"}, stock=2)]
    post = factories.make_product_post(channel, category=shirts, variants=variants)
    medium = Variant.objects.get(options={"size": "m"})
    new = [sellers.VariantData({"size": "m"}, 2900, 4, "M-1")]
    edit(post, seller, product=data(shirts, variants=new))
    assert list(Variant.objects.values_list("pk", "price_minor", "stock", "sku")) == [(medium.pk, 2900, 4, "M-1")]
    assert Product.objects.values_list("price_minor", "stock").get() == (2900, 4)


def test_last_picture_of_a_published_product_stays(channel, seller):
    post = factories.make_product_post(channel)
    product = sellers.data_of(post.product)
    found = problems(edit, post=post, by=seller, pictures=[], product=product)
    assert found == {"pictures": ["A product needs at least one picture."]}


def test_imported_product_without_picture_may_be_edited(channel, seller):
    post = factories.make_product_post(channel, publish="draft", pictures=0)
    Post.objects.filter(pk=post.pk).update(state="published", published_at=timezone.now())
    post.refresh_from_db()
    edited = edit(post, seller, text="Now with words", product=sellers.data_of(post.product))
    assert edited.text == "Now with words"


def test_first_picture_is_the_cover(channel, seller):
    post = factories.make_product_post(channel, pictures=3)
    first, second, third = post.pictures.order_by("position").values_list("picture", flat=True)
    assert post.product.cover_id == first
    moved = sellers.reorder_pictures(post=post, by=seller, picture_ids=[third, first, second])
    assert list(post.pictures.order_by("position").values_list("picture", flat=True)) == [third, first, second]
    assert moved.product.cover_id == third
    found = problems(sellers.reorder_pictures, post=post, by=seller, picture_ids=[third, first])
    assert found == {"pictures": ["The pictures have changed in the meantime. Look again."]}


# --- products


def test_draft_may_lack_what_the_public_needs(channel, seller, shirts):
    post = sellers.create_post(channel=channel, author=seller, product=data(shirts, price_minor=0))
    assert (post.state, post.product.is_listed) == ("draft", False)
    assert problems(sellers.publish_post, post=post, by=seller) == {
        "price_minor": ["Write a price above zero."],
        "pictures": ["A product needs at least one picture."],
    }


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "x" * 151}, ["title"]),
        ({"title": "a\x00b"}, ["title"]),
        ({"price_minor": -1}, ["price_minor"]),
        ({"price_minor": 10**12}, ["price_minor"]),
        ({"compare_at_minor": 3800}, ["compare_at_minor"]),
        ({"stock": -1}, ["stock"]),
        ({"condition": "broken"}, ["condition"]),
        ({"attributes": {"color": "mauve"}}, ["attributes.color"]),
        ({"attributes": {"weight": "3"}}, ["attributes.weight"]),
        ({"attributes": {"cut": "x" * 101}}, ["attributes.cut"]),
        ({"variants": [sellers.VariantData({"size": "xxl"})]}, ["variants.0.options"]),
        ({"variants": [sellers.VariantData({"cut": "slim"})]}, ["variants.0.options"]),
        ({"variants": [sellers.VariantData({})]}, ["variants.0.options"]),
        ({"variants": [sellers.VariantData({"size": "s"})] * 2}, ["variants.1.options"]),
        ({"variants": [sellers.VariantData({"size": "s"}, stock=-2)]}, ["variants.0.stock"]),
        ({"variants": [sellers.VariantData({"size": "s"}), sellers.VariantData({"color": "red"})]}, ["variants"]),
        ({"variants": [sellers.VariantData({"size": "s"})] * 101}, ["variants"]),
        (
            {"attributes": {"size": "s"}, "variants": [sellers.VariantData({"size": "s"})]},
            ["attributes.size"],
        ),
        ({"delivery": "x" * 601}, ["delivery"]),
    ],
)
def test_product_says_what_is_wrong_with_it(channel, seller, shirts, changes, fields):
    product = data(shirts, **changes)
    found = problems(sellers.create_post, channel=channel, author=seller, pictures=shots(1), product=product)
    assert list(found) == fields


def test_numbers_may_be_typed_in_persian_digits(taxonomy, channel):
    category = Category.objects.get(slug="bonsai")
    product = factories.make_product_post(channel, category=category, attributes={"height-cm": "۱۲٫۵"}).product
    assert product.attributes == {"height-cm": "12.5"}


def test_numbers_are_said_in_the_readers_digits(channel, seller):
    with translation.override("fa"):
        found = problems(sellers.create_post, channel=channel, author=seller, pictures=shots(11))
    assert ("۱۰" in found["pictures"][0], "10" in found["pictures"][0]) == (True, False)


@pytest.mark.parametrize("height", ["tall", "-1", "1e3", "NaN", "inf", "9999999999"])
def test_number_is_a_number(taxonomy, channel, seller, height):
    product = data(Category.objects.get(slug="bonsai"), attributes={"height-cm": height})
    found = problems(sellers.create_post, channel=channel, author=seller, product=product)
    assert found == {"attributes.height-cm": ["Write a number, like 12 or 12.5."]}


def test_product_is_filed_in_a_leaf(channel, seller, shirts):
    product = data(shirts.parent)
    found = problems(sellers.create_post, channel=channel, author=seller, product=product)
    assert found == {"category": ["Choose the most exact category."]}


def test_sellers_own_number_is_used_once_in_a_channel(channel, rival_channel, seller):
    factories.make_product_post(channel, external_id="A1")
    factories.make_product_post(rival_channel, external_id="A1")
    with pytest.raises(sellers.BadPost) as refused:
        factories.make_product_post(channel, external_id="A1")
    assert refused.value.field == "external_id"


def test_variants_make_price_and_stock(channel, shirts):
    variants = [
        sellers.VariantData({"size": "s", "color": "red"}, 4200, 1),
        sellers.VariantData({"size": "m", "color": "teal"}, 3600, 2),
        sellers.VariantData({"size": "m", "color": "red"}, None, 0),
    ]
    product = factories.make_product_post(channel, category=shirts, price_minor=3800, variants=variants).product
    assert (product.price_minor, product.stock) == (3600, 3)
    assert list(product.variants.order_by("position").values_list("price_minor", flat=True)) == [4200, 3600, 3800]


def test_one_variant_made_to_order_makes_the_product_so(channel, shirts):
    variants = [sellers.VariantData({"size": "s"}, stock=1), sellers.VariantData({"size": "m"})]
    assert factories.make_product_post(channel, category=shirts, variants=variants).product.stock is None


def test_facet_terms_say_what_shoppers_filter_by(channel, shirts):
    variants = [sellers.VariantData({"size": "s"}, stock=0), sellers.VariantData({"size": "m"}, stock=2)]
    product = factories.make_product_post(
        channel, category=shirts, attributes={"color": "teal", "cut": "slim"}, variants=variants
    ).product
    assert product.facet_terms == sorted(
        [
            f"category:{shirts.parent_id}",
            f"category:{shirts.pk}",
            f"channel:{channel.pk}",
            "city:portland",
            "color:teal",
            "condition:new",
            "size:m",
            "size:s",
            "stock:in",
        ]
    )
    assert (product.market, product.currency, product.is_listed) == ("us", "USD", True)


@pytest.mark.parametrize(("stock", "terms"), [(None, ["stock:order"]), (0, []), (2, ["stock:in"])])
def test_stock_is_a_term(channel, seller, stock, terms):
    product = factories.make_product_post(channel).product
    product = sellers.set_stock(product=product, by=seller, stock=stock)
    assert [term for term in product.facet_terms if term.startswith("stock:")] == terms


def test_stock_of_variants_is_theirs(channel, seller, shirts):
    post = factories.make_product_post(channel, category=shirts, variants=[sellers.VariantData({"size": "s"})])
    found = problems(sellers.set_stock, product=post.product, by=seller, stock=1)
    assert list(found) == ["stock"]


@pytest.mark.parametrize(("typed", "left"), [(5, 3), (10, 8), (1, 0), (None, None)])
def test_what_was_sold_while_the_form_was_open_stays_sold(channel, seller, typed, left):
    post = factories.make_product_post(channel, stock=5)
    seen = replace(sellers.data_of(post.product), stock=typed, stock_seen=5)
    sellers.take_units(product_id=post.product.pk, quantity=2)
    post = edit(post, seller, text="Other words", product=seen)
    assert post.product.stock == left


def test_units_of_variants_sold_meanwhile_stay_sold(channel, seller, shirts):
    small = sellers.VariantData({"size": "s"}, stock=4)
    post = factories.make_product_post(channel, category=shirts, variants=[small])
    variants = [replace(small, stock_seen=4), sellers.VariantData({"size": "m"}, stock=2)]
    seen = replace(sellers.data_of(post.product), variants=variants)
    sellers.take_units(product_id=post.product.pk, variant_id=post.product.variants.get().pk, quantity=1)
    post = edit(post, seller, product=seen)
    assert sorted(post.product.variants.values_list("options__size", "stock")) == [("m", 2), ("s", 3)]
    assert post.product.stock == 5


def test_unchanged_stock_keeps_the_version(channel, seller):
    product = factories.make_product_post(channel, stock=5).product
    assert sellers.set_stock(product=product, by=seller, stock=5).version == product.version


def test_refresh_is_a_constant_number_of_queries(channel, django_assert_num_queries):
    first = factories.make_product_post(channel).product
    with django_assert_num_queries(6):
        sellers.refresh_listing([first.pk])
    others = [factories.make_product_post(channel).product for _ in range(2)]
    with django_assert_num_queries(6):
        sellers.refresh_listing([first.pk, *(product.pk for product in others)])
    channel.refresh_from_db()
    assert channel.product_count == 3


def test_news_of_products_travel_after_commit(channel, django_capture_on_commit_callbacks):
    heard: list[list[int]] = []

    def listen(product_ids: list[int], **_rest: object) -> None:
        heard.append(product_ids)

    signals.products_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            product = factories.make_product_post(channel).product
            assert heard == []
        assert heard == [[product.pk]]
        with django_capture_on_commit_callbacks(execute=True):
            tasks.refresh_products([product.pk])
            tasks.refresh_channel(channel.pk)
        assert heard == [[product.pk]] * 3
    finally:
        signals.products_changed.disconnect(listen)


# --- following and hearts


def test_following_twice_counts_once(channel, shopper):
    assert [sellers.follow(person=shopper, channel=channel) for _ in range(2)] == [True, False]
    channel.refresh_from_db()
    assert channel.follower_count == 1
    assert [sellers.unfollow(person=shopper, channel=channel) for _ in range(2)] == [True, False]
    channel.refresh_from_db()
    assert channel.follower_count == 0


def test_muting_needs_a_follow(channel, shopper):
    assert sellers.mute(person=shopper, channel=channel) is False
    sellers.follow(person=shopper, channel=channel)
    assert [sellers.mute(person=shopper, channel=channel) for _ in range(2)] == [True, False]
    assert [sellers.unmute(person=shopper, channel=channel) for _ in range(2)] == [True, False]


def test_liking_twice_counts_once(channel, shopper, rival):
    post = factories.make_post(channel)
    then = timezone.now() - LATER
    assert [sellers.like(person=shopper, post=post, at=then) for _ in range(2)] == [True, False]
    assert sellers.like(person=rival, post=post) is True
    post.refresh_from_db()
    assert (post.like_count, post.likes.get(person=shopper).liked_at) == (2, then)
    assert [sellers.unlike(person=shopper, post=post) for _ in range(2)] == [True, False]
    post.refresh_from_db()
    assert post.like_count == 1


def test_saving_twice_is_one_heart(channel, shopper):
    product = factories.make_product_post(channel).product
    assert [sellers.save(person=shopper, product=product) for _ in range(2)] == [True, False]
    assert [sellers.unsave(person=shopper, product=product) for _ in range(2)] == [True, False]


def test_guests_saves_and_follows_become_hers(channel, rival_channel, shopper):
    seen = factories.make_product_post(channel).product
    hidden = factories.make_product_post(channel, publish="draft").product
    closed = factories.make_channel(state="draft")
    sellers.follow(person=shopper, channel=channel)
    for _ in range(2):
        sellers.merge_guest(
            person=shopper,
            saved_product_ids=[seen.pk, hidden.pk, 10**9],
            followed_channel_ids=[channel.pk, rival_channel.pk, closed.pk, 10**9],
        )
    assert list(shopper.saves.values_list("product", flat=True)) == [seen.pk]
    assert sorted(shopper.follows.values_list("channel", flat=True)) == [channel.pk, rival_channel.pk]
    channel.refresh_from_db()
    assert channel.follower_count == 1
