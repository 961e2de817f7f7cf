"""Products that staff look at: a new channel's first ones before anybody sees them, later edits by sample."""

import datetime as dt

import pytest
from django.db.models import F

from core.models import AuditEntry
from news.models import News
from sellers import selectors
from sellers import services as sellers
from sellers.models import ListingCheck, Post, Product
from sellers.services import approving
from tests.conftest import signed_in
from tests.factories import make_channel, make_picture, make_post, make_product_post

pytestmark = pytest.mark.django_db
QUEUE = "/admin/sellers/listingcheck/"


@pytest.fixture(autouse=True)
def _two_are_checked(settings):
    settings.LISTINGS_CHECKED_FIRST = 2


def fresh(post):
    return Post.objects.select_related("product__category", "channel").get(pk=post.pk)


def states(channel):
    return list(Post.objects.filter(channel=channel).order_by("pk").values_list("state", flat=True))


def approve(post, staff):
    return sellers.approve_listing(check=post.checks.get(state="waiting"), by=staff)


def edit(post, *, by, price=None, pictures=None):
    post = fresh(post)
    data = sellers.data_of(post.product)
    kept = [(row.picture, row.alt) for row in post.pictures.select_related("picture").order_by("position")]
    return sellers.edit_post(
        post=post,
        by=by,
        expected_version=post.version,
        text=post.text,
        pictures=pictures or kept,
        product=sellers.ProductData(
            title=data.title, price_minor=price or data.price_minor, category=data.category, stock=data.stock
        ),
    )


def test_the_first_products_wait_and_nobody_sees_them(channel, seller, shopper_client, client):
    post = make_product_post(channel, title="Clay pot")
    assert (post.state, post.product.is_listed, post.published_at) == ("waiting", False, None)
    for page in (f"/p/{post.product.pk}/", f"/@{channel.handle}/{post.pk}/", f"/p/{post.product.pk}/buy/"):
        assert shopper_client.get(page, follow=True).status_code == 404
    assert "Clay pot" not in client.get(f"/@{channel.handle}/").content.decode()
    assert [step.to_state for step in post.checks.get().steps.all()] == ["waiting"]
    assert make_post(channel).state == "published"


def test_with_the_last_one_the_channel_is_trusted_and_the_rest_goes_out(channel, seller, staff):
    posts = [make_product_post(channel) for _ in range(4)]
    approve(posts[0], staff)
    assert states(channel) == ["published", "waiting", "waiting", "waiting"]
    approve(posts[2], staff)
    assert states(channel) == ["published"] * 4
    assert Product.objects.filter(channel=channel, is_listed=True).count() == 4
    reasons = ListingCheck.objects.order_by("pk").values_list("state", "reason")
    assert list(reasons) == [("approved", ""), ("approved", "trusted"), ("approved", ""), ("approved", "trusted")]
    assert make_product_post(channel).state == "published"
    told = News.objects.filter(person=seller, kind="listing_approved").count()
    assert (told, AuditEntry.objects.filter(verb="approved", actor_pk=str(staff.pk)).count()) == (2, 2)


def test_a_checked_seller_is_trusted(channel, seller, staff):
    first = make_product_post(channel)
    sellers.verify_channel(channel=channel, by=staff)
    assert (fresh(first).state, make_product_post(channel).state) == ("published", "published")


def test_a_channel_with_products_is_trusted_and_so_is_every_one_without_the_rule(channel, settings):
    settings.LISTINGS_CHECKED_FIRST = 0
    older = [make_product_post(channel) for _ in range(2)]
    sellers.archive_post(post=older[0], by=older[0].author)
    settings.LISTINGS_CHECKED_FIRST = 2
    assert make_product_post(channel).state == "published"


def test_drafts_and_scheduled_ones_wait_when_their_time_comes(channel, seller):
    draft = make_product_post(channel, publish="draft")
    assert sellers.publish_post(post=draft, by=seller).state == "waiting"
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    make_product_post(channel, publish=soon)
    make_post(channel, publish=soon)
    Post.objects.filter(state="scheduled").update(publish_at=F("created_at"))
    assert sellers.publish_due_posts() == 2
    assert (states(channel), ListingCheck.objects.count()) == (["waiting", "waiting", "published"], 2)


def test_what_staff_send_back_is_corrected_and_sent_again(channel, seller, staff, seller_client):
    post = make_product_post(channel)
    with pytest.raises(sellers.NotAllowed):
        sellers.reject_listing(check=post.checks.get(), by=staff, reason=" ")
    with pytest.raises(sellers.NotAllowed):
        sellers.reject_listing(check=post.checks.get(), by=seller, reason="No")
    sellers.reject_listing(check=post.checks.get(), by=staff, reason="The picture shows another thing")
    assert (fresh(post).state, selectors.get_todo(channel).sent_back) == ("rejected", 1)
    assert News.objects.get(person=seller, kind="listing_sent_back").params["reason"].startswith("The picture")
    page = seller_client.get(f"/dashboard/{channel.handle}/posts/{post.pk}/").content.decode()
    assert ["The picture shows another thing" in page, "Send it again" in page] == [True, True]
    with pytest.raises(sellers.NotAllowed):
        sellers.approve_listing(check=post.checks.get(), by=staff)
    edit(post, by=seller, price=20_00)
    seller_client.post(f"/dashboard/{channel.handle}/posts/{post.pk}/publish/")
    assert (fresh(post).state, post.checks.count()) == ("waiting", 2)
    approve(post, staff)
    assert fresh(post).product.is_listed


def test_a_post_that_waits_may_be_taken_away(channel, seller):
    sellers.delete_draft(post=make_product_post(channel), by=seller)
    assert ListingCheck.objects.count() == 0


@pytest.fixture
def out(channel, seller, settings):
    """A product of a trusted channel, with two pictures, while every large edit is sampled."""
    settings.LISTINGS_CHECKED_FIRST, settings.LISTING_EDITS_SAMPLED = 0, 1.0
    return make_product_post(channel, price_minor=100_00, pictures=2)


@pytest.mark.parametrize(("price", "checks"), [(130_00, 0), (70_00, 0), (130_01, 1), (69_99, 1)])
def test_a_large_change_of_the_price_is_looked_at_while_the_post_stays(out, seller, price, checks):
    edit(out, by=seller, price=price)
    assert (fresh(out).state, out.checks.filter(kind="edit").count()) == ("published", checks)


def test_many_new_pictures_are_looked_at(out, seller):
    kept = [(row.picture, "") for row in out.pictures.order_by("position")]
    edit(out, by=seller, pictures=[kept[0], (make_picture(), "")])
    assert out.checks.count() == 0
    edit(out, by=seller, pictures=[(make_picture(), ""), (make_picture(), "")])
    check = out.checks.get()
    assert (check.new_pictures, check.price_before_minor) == (2, 100_00)
    edit(out, by=seller, price=500_00)
    assert out.checks.count() == 1


def test_a_sampled_edit_stays_or_is_sent_back(out, seller, staff):
    edit(out, by=seller, price=10_00)
    approve(out, staff)
    assert fresh(out).product.is_listed
    edit(out, by=seller, price=100_00)
    sellers.reject_listing(check=out.checks.get(state="waiting"), by=staff, reason="Which one is it?")
    assert (fresh(out).state, fresh(out).product.is_listed) == ("rejected", False)


@pytest.mark.usefixtures("out")
def test_a_table_that_changes_prices_much_is_looked_at_too(channel, taxonomy, tmp_path):
    def bring(*prices: int, **options: bool) -> None:
        lines = [f"{number},Pot {number},{price} USD" for number, price in enumerate(prices)]
        (tmp_path / "table.csv").write_text("\n".join(["id,title,price", *lines]))
        author = channel.members.get(role="owner").person
        sellers.import_catalogue(path=tmp_path / "table.csv", channel=channel, author=author, **options)

    bring(10, 10)
    bring(100, 11)
    assert list(ListingCheck.objects.values_list("post__product__title", "price_before_minor")) == [("Pot 0", 10_00)]
    bring(10, 90, is_checked=True)
    assert ListingCheck.objects.count() == 1


def test_the_sample_is_always_the_same_share(settings, channel, seller):
    settings.LISTINGS_CHECKED_FIRST, settings.LISTING_EDITS_SAMPLED = 0, 0.25
    places = [approving.groups.place_of(approving.SAMPLE, f"{pk}:2") < 0.25 for pk in range(4000)]
    assert 0.22 < sum(places) / 4000 < 0.28
    post = make_product_post(channel, price_minor=100_00)
    settings.LISTING_EDITS_SAMPLED = approving.groups.place_of(approving.SAMPLE, f"{post.pk}:2")
    edit(post, by=seller, price=10_00)
    assert post.checks.count() == 0
    settings.LISTING_EDITS_SAMPLED = approving.groups.place_of(approving.SAMPLE, f"{post.pk}:3") + 1e-9
    edit(post, by=seller, price=100_00)
    assert post.checks.count() == 1


# --- staff's queue


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_any_number(channel, staff_client, count, django_assert_num_queries):
    for _ in range(count):
        make_product_post(channel)
    staff_client.get(QUEUE)
    with django_assert_num_queries(5):
        assert staff_client.get(f"{QUEUE}?state__exact=waiting").status_code == 200


def test_staff_decide_many_with_a_reason(staff_client, seller):
    channels = [make_channel() for _ in range(2)]
    posts = [make_product_post(channel, title="Odd thing") for channel in channels]
    checks = list(ListingCheck.objects.order_by("pk").values_list("pk", flat=True))
    sent = {"action": "send_back", "_selected_action": checks}
    page = staff_client.post(QUEUE, sent | {"reason": ""}, follow=True).content.decode()
    assert ("Write why" in page, fresh(posts[0]).state) == (True, "waiting")
    staff_client.post(QUEUE, sent | {"reason": "Forbidden here"})
    assert [fresh(post).state for post in posts] == ["rejected", "rejected"]
    detail = staff_client.get(f"{QUEUE}{checks[0]}/change/").content.decode()
    assert ["Odd thing" in detail, "Forbidden here" in detail] == [True, True]


def test_sellers_do_not_see_the_queue(channel, seller):
    assert signed_in(seller).get(QUEUE).status_code == 302
