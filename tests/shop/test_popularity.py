"""Popularity: real events, half forgotten every three days."""

import datetime as dt
import math

import pytest
from django.utils import timezone

from sellers import services as sellers
from sellers.models import Product
from shop import services, tasks
from shop.models import Progress, RecentView, SearchDocument
from tests.factories import make_channel, make_product_post, make_user

NOW = timezone.now().replace(microsecond=0)
HALF_LIFE = 3 * 24 * 3600


def _popularity(post) -> int:
    return Product.objects.get(post=post).popularity


def _expected(*events: tuple[int, dt.datetime]) -> int:
    """The formula as it is written, with its numbers kept small by leaving out a common factor."""
    top = max(at.timestamp() for _weight, at in events)
    return round(
        1e6 * (top / HALF_LIFE + math.log2(sum(w * 2 ** ((at.timestamp() - top) / HALF_LIFE) for w, at in events)))
    )


def test_saves_likes_and_looks_count_and_fade(channel, shopper, rival):
    post = make_product_post(channel)
    sellers.save(person=shopper, product=post.product, at=NOW - dt.timedelta(days=3))
    sellers.like(person=rival, post=post, at=NOW - dt.timedelta(days=1))
    RecentView.objects.create(person=rival, product=post.product, seen_at=NOW)
    assert services.refresh_popularity() == 1
    days = dt.timedelta(days=1)
    assert _popularity(post) == _expected((3, NOW - 3 * days), (2, NOW - days), (1, NOW))


def test_without_events_it_is_nothing(channel):
    post = make_product_post(channel)
    assert services.refresh_popularity() == 0
    assert _popularity(post) == 0


def test_the_order_is_that_of_counts_faded_until_now(channel):
    """A save today outweighs one of four days ago; two of them three days ago weigh as much as one today."""
    posts = [make_product_post(channel) for _ in range(3)]
    events = [(posts[0], 0, 1), (posts[1], 4, 1), (posts[2], 3, 2)]
    for post, age, count in events:
        for _ in range(count):
            sellers.save(person=make_user(), product=post.product, at=NOW - dt.timedelta(days=age))
    services.refresh_popularity()
    today, old, twice = (_popularity(post) for post in posts)
    assert old < today == twice


def test_a_second_run_changes_nothing_and_only_news_is_counted(channel, shopper, rival):
    posts = [make_product_post(channel) for _ in range(2)]
    for post in posts:
        sellers.save(person=shopper, product=post.product)
    assert services.refresh_popularity() == 2
    assert services.refresh_popularity() == 0
    Progress.objects.update(until=timezone.now() + dt.timedelta(hours=1))
    sellers.save(person=rival, product=posts[0].product, at=timezone.now() + dt.timedelta(hours=1))
    Product.objects.filter(post=posts[1]).update(popularity=1)
    assert services.refresh_popularity() == 1
    assert _popularity(posts[1]) == 1


@pytest.mark.parametrize("everything", [True])
def test_a_full_recount_notices_what_was_taken_back(channel, shopper, everything):
    post = make_product_post(channel)
    sellers.save(person=shopper, product=post.product)
    tasks.refresh_popularity()
    sellers.unsave(person=shopper, product=post.product)
    tasks.refresh_popularity(everything=everything)
    assert _popularity(post) == 0


def test_the_most_popular_of_each_market_are_marked(channel, shopper):
    one, other, elsewhere = (make_product_post(each).product for each in (channel, channel, make_channel(market="eu")))

    def marked() -> set[int]:
        services.mark_popular(most=1)
        return set(SearchDocument.objects.filter(is_popular=True).values_list("pk", flat=True))

    sellers.save(person=shopper, product=one)
    services.refresh_popularity()
    assert SearchDocument.objects.filter(is_popular=True).count() == 3  # there are fewer than would be marked
    assert marked() == {one.pk, elsewhere.pk}

    for person in (shopper, channel.members.get().person):
        sellers.save(person=person, product=other)
    services.refresh_popularity()
    assert marked() == {other.pk, elsewhere.pk}
