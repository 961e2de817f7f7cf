"""Two at once: counted once, published once. Real connections, real commits."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sellers import services as sellers
from sellers import signals
from sellers.models import Post
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[object]:
    """Starts all at one barrier; returns what each returned or raised."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results[number] = work()
        except Exception as error:  # noqa: BLE001 - a result like any other
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def make_due(channel, number: int) -> list[Post]:
    ahead = timezone.now() + dt.timedelta(hours=1)
    posts = [factories.make_post(channel, text=f"Post {n}", publish=ahead) for n in range(number)]
    Post.objects.update(publish_at=timezone.now() - dt.timedelta(minutes=1))
    return posts


def test_two_workers_publish_each_post_once(channel, rival_channel):
    make_due(channel, 3)
    make_due(rival_channel, 2)
    published = together(*[sellers.publish_due_posts] * 4)
    assert sum(published) + sellers.publish_due_posts() == 5
    assert Post.objects.filter(state="published", version=1).count() == 5


def test_channel_at_work_is_left_to_its_worker(channel):
    make_due(channel, 1)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            type(channel).objects.select_for_update(no_key=True).get(pk=channel.pk)
            holding.set()
            done.wait(10)
        connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    holding.wait(10)
    assert sellers.publish_due_posts() == 0
    done.set()
    worker.join()
    assert sellers.publish_due_posts() == 1


def test_one_person_in_two_tabs_counts_once(channel, shopper):
    post = factories.make_post(channel)
    follow = lambda: sellers.follow(person=shopper, channel=channel)  # noqa: E731
    like = lambda: sellers.like(person=shopper, post=post)  # noqa: E731
    assert sorted(together(follow, follow, follow)) == [False, False, True]
    assert sorted(together(like, like, like)) == [False, False, True]
    channel.refresh_from_db()
    post.refresh_from_db()
    assert (channel.follower_count, post.like_count) == (1, 1)
    unfollow = lambda: sellers.unfollow(person=shopper, channel=channel)  # noqa: E731
    assert sorted(together(unfollow, unfollow)) == [False, True]
    channel.refresh_from_db()
    assert channel.follower_count == 0


def test_many_followers_at_once_are_all_counted(channel):
    people = [factories.make_user() for _ in range(8)]
    works = [lambda person=person: sellers.follow(person=person, channel=channel) for person in people]
    assert together(*works) == [True] * 8
    channel.refresh_from_db()
    assert channel.follower_count == 8


def test_two_editors_of_one_version_one_wins(channel, seller):
    post = factories.make_post(channel, text="One")
    edits = [
        lambda text=text: sellers.edit_post(post=post, by=seller, expected_version=1, text=text, pictures=[]).text
        for text in ("Two", "Three")
    ]
    results = together(*edits)
    assert sorted(type(result).__name__ for result in results) == ["StalePost", "str"]
    post.refresh_from_db()
    assert (post.version, post.text in results, post.edits.count()) == (2, True, 1)


def test_one_handle_goes_to_one_of_two(seller, rival):
    fields = {"name": "Kaf", "tagline": "Bags", "city": "Portland", "market": "us", "language": "en"}
    works = [
        lambda owner=owner, handle=handle: sellers.create_channel(owner=owner, handle=handle, **fields).handle
        for owner, handle in ((seller, "kaf"), (rival, "KAF"))
    ]
    assert sorted(type(result).__name__ for result in together(*works)) == ["HandleTaken", "str"]


def test_two_staff_decide_once(seller, staff):
    channel = factories.make_channel(owner=seller, state="pending")
    results = together(
        lambda: sellers.approve_channel(channel=channel, by=staff).state,
        lambda: sellers.send_back_channel(channel=channel, by=staff, reason="No").state,
    )
    assert sum(isinstance(result, sellers.NotAllowed) for result in results) == 1
    assert channel.transitions.count() == 3


def test_edits_and_a_closing_channel_do_not_wait_for_each_other(channel, seller):
    """One order of locks: no deadlock, and the lists say what is true at the end."""
    posts = [factories.make_product_post(channel) for _ in range(3)]
    stock = [lambda post=post: sellers.set_stock(product=post.product, by=seller, stock=9).stock for post in posts]
    close = lambda: sellers.suspend_channel(channel=channel, by=seller, reason="because").state  # noqa: E731
    assert together(*stock, close) == [9, 9, 9, "suspended"]
    channel.refresh_from_db()
    assert channel.product_count == 0


def test_news_of_a_failed_change_does_not_travel(channel, seller):
    heard: list[object] = []

    def listen(**news: object) -> None:
        heard.append(news)

    signals.products_changed.connect(listen)
    try:
        with transaction.atomic():
            factories.make_product_post(channel)
            transaction.set_rollback(True)
        assert heard == []
    finally:
        signals.products_changed.disconnect(listen)
