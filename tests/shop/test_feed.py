"""The feed and the pill that tells of new posts."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.pages import cursor_at
from sellers import services as sellers
from shop.guests import Visitor
from shop.selectors import feed as feeds
from tests.factories import make_channel, make_post, make_product_post

pytestmark = pytest.mark.django_db
FEED = "/feed/"


def _ids(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="post-(\d+)"', html)]


def _watch(html: str) -> str:
    return re.search(r'hx-get="(/feed/news/\?since=[^"]*)"', html)[1]


def test_feed_holds_followed_unmuted_posts_newest_first(shopper, shopper_client, channel, rival_channel):
    quiet = make_channel()
    now = timezone.now()
    old = make_post(rival_channel, published_at=now - dt.timedelta(hours=2))
    new = make_post(channel, published_at=now - dt.timedelta(hours=1))
    make_post(quiet)
    make_post(make_channel())
    make_product_post(channel, in_feed=False)
    for followed in (channel, rival_channel, quiet):
        sellers.follow(person=shopper, channel=followed)
    sellers.mute(person=shopper, channel=quiet)

    assert _ids(shopper_client.get(FEED).content.decode()) == [new.pk, old.pk]


def test_each_post_comes_once_however_far_one_goes(shopper, shopper_client, channel, rival_channel):
    sellers.follow(person=shopper, channel=channel)
    sellers.follow(person=shopper, channel=rival_channel)
    moment = timezone.now()
    ids = [make_post(where, published_at=moment).pk for _ in range(12) for where in (channel, rival_channel)]
    found, url = [], FEED
    while url:
        html = shopper_client.get(url, headers={"HX-Request": "true"}).content.decode()
        found += _ids(html)
        more = re.search(r'hx-get="(/feed/\?order=newest&amp;after=[^"]*)"', html)
        url = more[1].replace("&amp;", "&") if more else ""

    assert found == ids[::-1]


def test_pages_are_the_newest_of_all_however_uneven_the_channels(shopper):
    now, posts = timezone.now(), []
    for number, count in enumerate((15, 1, 4, 0, 9, 1, 1, 1, 1)):
        channel = make_channel()
        sellers.follow(person=shopper, channel=channel)
        posts += [make_post(channel, published_at=now - dt.timedelta(minutes=9 * n + number)) for n in range(count)]
    found, after = [], ""
    while not found or after:
        page = feeds.get_feed(Visitor(shopper.pk), after)
        found, after = [*found, *(row.id for row in page.rows)], page.next_cursor

    newest = sorted(posts, key=lambda post: (post.published_at, post.pk), reverse=True)
    assert found == [post.pk for post in newest]
    oldest = page.rows[-1]
    since = cursor_at(oldest.published_at, oldest.id)
    assert [row.id for row in feeds.get_newer(Visitor(shopper.pk), since)] == found[: feeds.MOST_NEWS]
    assert feeds.count_newer(Visitor(shopper.pk), since) == feeds.MOST_NEWS + 1


def test_the_feed_steps_into_an_index_by_channel(shopper, channel):
    sellers.follow(person=shopper, channel=channel)
    make_post(channel)
    for _ in range(40):  # as after an import
        make_post(channel, in_feed=False)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        feeds.get_feed(Visitor(shopper.pk))
        cursor.execute("ANALYZE sellers_post")
        cursor.execute("SET LOCAL enable_seqscan = off")  # as with many rows
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        sql = queries[0]["sql"]
        cursor.execute(f"PREPARE feed AS {sql}")
        cursor.execute(f"EXPLAIN EXECUTE feed ({', '.join(['NULL'] * len(set(re.findall(r'[$][0-9]+', sql))))})")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert len(re.findall(r"using post_feed on sellers_post.*\n *Index Cond: \(channel_id = ", plan)) == 2


def test_a_guests_follows_work_too(client, channel):
    post = make_post(channel)
    client.post(f"{reverse('shop:follow', args=[channel.handle])}?on=1")

    assert _ids(client.get(FEED).content.decode()) == [post.pk]


def test_an_empty_feed_offers_channels_and_asks_for_nothing(client, channel):
    make_product_post(channel)
    html = client.get(FEED).content.decode()

    assert ("Your feed is empty" in html, "data-news" in html) == (True, False)
    assert re.findall(r'<h3[^>]*><a href="([^"]*)"', html) == [channel.get_absolute_url()]


def test_the_pill_counts_what_came_above_and_loads_it(shopper, shopper_client, channel):
    sellers.follow(person=shopper, channel=channel)
    make_post(channel)
    watch = _watch(shopper_client.get(FEED).content.decode())
    quiet = shopper_client.get(watch).content.decode()
    newer = [make_post(channel).pk for _ in range(2)]
    pill = shopper_client.get(watch).content.decode()
    fragment = shopper_client.get(re.search(r'hx-get="([^"]*)"', pill)[1]).content.decode()

    assert quiet.strip() == ""
    assert "2 new posts" in pill
    assert _ids(fragment) == newer[::-1]
    assert _watch(fragment) != watch
    assert shopper_client.get(_watch(fragment)).content.decode().strip() == ""
    assert '<div id="news" class="feed-pill" aria-live="polite" hx-swap-oob="true"></div>' in fragment


def test_very_many_new_posts_open_the_feed_anew(shopper, shopper_client, channel):
    sellers.follow(person=shopper, channel=channel)
    make_post(channel)
    watch = _watch(shopper_client.get(FEED).content.decode())
    for _ in range(feeds.MOST_NEWS + 1):
        make_post(channel)
    pill = shopper_client.get(watch).content.decode()

    assert ("More than 20 new posts" in pill, "hx-get" in pill) == (True, False)


@pytest.mark.parametrize(
    "url",
    ["/feed/?after=x", "/feed/?newer=1", "/feed/news/", "/feed/news/?since=zz.zz", "/feed/?after=7fffffffffffffff.1"],
)
def test_cursors_nobody_gave_out_are_not_found(shopper_client, url):
    assert shopper_client.get(url).status_code == 404


def test_a_suspended_channel_leaves_the_feed(shopper, shopper_client, channel, staff):
    sellers.follow(person=shopper, channel=channel)
    make_post(channel)
    sellers.suspend_channel(channel=channel, by=staff, reason="fraud")

    assert _ids(shopper_client.get(FEED).content.decode()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(shopper, shopper_client, count, django_assert_num_queries):
    for _ in range(count):
        channel = make_channel()
        sellers.follow(person=shopper, channel=channel)
        make_product_post(channel, pictures=count)
    watch = _watch(shopper_client.get(FEED).content.decode())

    with django_assert_num_queries(2):  # session and person, posts
        shopper_client.get(FEED)
    with django_assert_num_queries(2):  # session and person, count
        shopper_client.get(watch)
