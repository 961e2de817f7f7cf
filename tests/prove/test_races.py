"""Thirty-two people at once: counters, duplicates, schedules and limits hold."""

import datetime as dt
import io
import os
import threading
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone
from PIL import Image

from core import limits, pictures
from core.models import Picture
from sellers import services as sellers
from sellers.models import Channel, Follow, Like, Post
from tests import factories

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]
THREADS = 32
ROUNDS = 1 if os.environ.get("SHORT") == "1" else 20


def at_once(work: Callable[[int], object], threads: int = THREADS) -> list[BaseException]:
    """Runs ``work(0..threads-1)`` from one barrier; returns what was raised."""
    barrier = threading.Barrier(threads)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at each
            raised.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return raised


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_one_person_following_at_once_is_one_follower(round_: int, channel: Channel, shopper):
    assert at_once(lambda _: sellers.follow(person=shopper, channel=channel)) == []
    channel.refresh_from_db()
    assert (channel.follower_count, Follow.objects.filter(channel=channel).count()) == (1, 1)
    assert at_once(lambda _: sellers.unfollow(person=shopper, channel=channel)) == []
    channel.refresh_from_db()
    assert (channel.follower_count, Follow.objects.filter(channel=channel).count()) == (0, 0)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_many_people_liking_and_unliking_at_once(round_: int, channel: Channel):
    post = factories.make_post(channel, text="A pot")
    people = [factories.make_user() for _ in range(8)]

    def work(number: int) -> None:
        act = sellers.like if number % 3 else sellers.unlike
        act(person=people[number % 8], post=post)

    assert at_once(work) == []
    post.refresh_from_db()
    assert post.like_count == Like.objects.filter(post=post).count()


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_due_posts_are_published_exactly_once(round_: int, channel: Channel, seller):
    soon = timezone.now() + dt.timedelta(hours=1)
    posts = [factories.make_post(channel, text=f"Post {n}", publish=soon) for n in range(20)]
    Post.objects.update(publish_at=timezone.now() - dt.timedelta(seconds=1))
    published: list[int] = []
    assert at_once(lambda _: published.append(sellers.publish_due_posts()), 8) == []
    assert sum(published) == len(posts)
    assert Post.objects.filter(state=Post.State.PUBLISHED).count() == len(posts)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_edits_of_one_version_do_not_both_win(round_: int, channel: Channel, seller):
    post = factories.make_post(channel, text="Before")

    def edit(number: int) -> None:
        sellers.edit_post(post=post, by=seller, expected_version=1, text=f"After {number}", pictures=[])

    raised = at_once(edit, 8)
    assert {type(error) for error in raised} == {sellers.StalePost}
    assert len(raised) == 7
    post.refresh_from_db()
    assert post.version == 2


def test_a_limit_lets_exactly_its_number_through():
    raised = at_once(lambda _: limits.take("door", limit=10, seconds=600))
    assert {type(error) for error in raised} == {limits.TooMany}
    assert len(raised) == THREADS - 10


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_picture_is_attached_or_swept_and_never_half_of_both(round_: int, channel: Channel, seller):
    buffer = io.BytesIO()
    Image.new("RGB", (90, 90), "teal").save(buffer, "JPEG")
    old = [pictures.add_picture(ContentFile(buffer.getvalue())) for _ in range(8)]
    Picture.objects.update(created_at=timezone.now() - dt.timedelta(days=2))

    def work(number: int) -> None:
        if number < len(old):
            sellers.create_post(channel=channel, author=seller, text="A pot", pictures=[(old[number], "")])
        else:
            pictures.sweep_pictures(limit=1)

    assert {type(error) for error in at_once(work, 16)} <= {IntegrityError}
    shown = set(Post.objects.values_list("pictures__picture", flat=True))
    left = set(Picture.objects.values_list("pk", flat=True))
    assert shown <= left
    assert [default_storage.exists(picture.master_name) for picture in old] == [picture.pk in left for picture in old]
