"""The feed in her own order: every post once, whatever happens between two pages."""

import datetime as dt
import random
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.pages import cursor_at
from recommender import services
from recommender.lookers import Looker
from recommender.models import Impression
from sellers import services as sellers
from sellers.models import Post
from shop.guests import Visitor
from shop.selectors import feed_for_you
from shop.selectors.feed_for_you import get_for_you
from tests.factories import make_channel, make_post, make_product_post
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db
FEED, FOR_YOU = "/feed/", "/feed/?order=for-you"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def _ids(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="post-(\d+)"', html)]


def _chosen(html: str) -> str:
    return re.search(r'href="/feed/\?order=([\w-]+)" aria-current="true"', html)[1]


def _walk(visitor: Visitor, meanwhile: Callable[[], None] = lambda: None) -> list[int]:
    found, after = [], ""
    while not found or after:
        page = get_for_you(visitor, after).page
        found, after = [*found, *(row.id for row in page.rows)], page.next_cursor
        meanwhile()
    return found


@pytest.mark.parametrize("window", [1, 4, 6, 7, 60])
def test_every_post_comes_once_however_many_windows(shopper, window, monkeypatch):
    monkeypatch.setattr(feed_for_you, "WINDOW", window)
    now = timezone.now()
    ids = []
    for count in (9, 1, 4, 0, 7):
        channel = make_channel()
        sellers.follow(person=shopper, channel=channel)
        ids += [make_post(channel, published_at=now - dt.timedelta(minutes=n // 2)).pk for n in range(count)]
    found = _walk(Visitor(shopper.pk))
    assert len(found) == len(ids)
    assert set(found) == set(ids)


def test_nothing_is_lost_or_doubled_when_lists_change_between_pages(shopper, channel, rival_channel):
    for each in (channel, rival_channel):
        sellers.follow(person=shopper, channel=each)
    posts = [make_product_post(each) for _ in range(10) for each in (channel, rival_channel)]
    rng = random.Random(3)

    def meanwhile() -> None:
        cache.clear()
        look(shopper, rng.choice(posts).product)
        make_post(channel)  # new ones are the pill's

    found = _walk(Visitor(shopper.pk), meanwhile)
    assert len(found) == len(set(found)) == 20
    assert set(found) == {post.pk for post in posts}


def test_what_goes_away_between_pages_is_left_out_and_the_rest_stays(shopper):
    channels = [make_channel() for _ in range(4)]
    posts = {each.pk: [make_product_post(each) for _ in range(6)] for each in channels}
    for each in channels:
        sellers.follow(person=shopper, channel=each)
    first = get_for_you(Visitor(shopper.pk)).page
    unfollowed, hidden, refused, fine = channels
    sellers.unfollow(person=shopper, channel=unfollowed)
    services.hide_channel(looker=Looker(shopper.pk), channel=hidden)
    for post in posts[refused.pk]:
        services.refuse(looker=Looker(shopper.pk), product=post.product)
    found, after = [], first.next_cursor
    while after:
        page = get_for_you(Visitor(shopper.pk), after).page
        found, after = [*found, *(row.id for row in page.rows)], page.next_cursor
    assert set(found) == {post.pk for post in posts[fine.pk]} - {row.id for row in first.rows}


def test_a_window_whose_posts_all_went_away_is_no_end(shopper, channel, monkeypatch):
    monkeypatch.setattr(feed_for_you, "WINDOW", 8)
    sellers.follow(person=shopper, channel=channel)
    posts = [make_post(channel) for _ in range(12)]
    page = get_for_you(Visitor(shopper.pk)).page
    shown = {row.id for row in page.rows}
    Post.objects.filter(pk__in=[post.pk for post in posts[4:]]).exclude(pk__in=shown).update(state="archived")
    rest = get_for_you(Visitor(shopper.pk), page.next_cursor).page
    assert [row.id for row in rest.rows] == [post.pk for post in posts[3::-1]]
    assert rest.next_cursor == ""


def test_what_is_hers_comes_first_and_the_order_is_remembered(shopper, shopper_client):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:2])
    for channel in market.channels:
        sellers.follow(person=shopper, channel=channel)
    newest = shopper_client.get(FEED).content.decode()
    assert (_chosen(newest), _ids(newest)) == ("newest", [product.post_id for product in market.products[:-7:-1]])
    mine = shopper_client.get(FOR_YOU, headers=BROWSER).content.decode()
    assert set(_ids(mine)[:3]) == {cup.post_id for cup in market.cups[2:]}
    assert _ids(shopper_client.get(FEED).content.decode()) == _ids(mine)
    assert _chosen(shopper_client.get("/feed/?order=upside-down").content.decode()) == "for-you"
    shopper_client.get("/feed/?order=newest")
    assert _ids(shopper_client.get(FEED).content.decode()) == _ids(newest)
    logged = Impression.objects.filter(place="feed").order_by("slot").values_list("person", flat=True)
    assert list(logged) == [shopper.pk] * 6


def test_a_guest_has_her_order_too_and_looking_begins_no_session(channel):
    guest = Client(headers=BROWSER)
    guest.get(FOR_YOU)
    assert "sessionid" not in guest.cookies
    post = make_post(channel)
    guest.post(f"/@{channel.handle}/follow/?on=1")
    guest.get(FOR_YOU)
    html = guest.get(FEED).content.decode()
    assert (_chosen(html), _ids(html)) == ("for-you", [post.pk])


def test_more_is_asked_for_in_the_same_order_and_the_pill_counts_from_the_newest(shopper, shopper_client, channel):
    sellers.follow(person=shopper, channel=channel)
    posts = [make_post(channel) for _ in range(8)]
    html = shopper_client.get(FOR_YOU).content.decode()
    more = re.search(r'hx-get="(/feed/\?order=for-you&amp;after=[^"]*)"', html)[1].replace("&amp;", "&")
    shopper_client.get("/feed/?order=newest")  # in another tab
    rest = _ids(shopper_client.get(more, headers={"HX-Request": "true"}).content.decode())
    assert sorted(_ids(html) + rest) == [post.pk for post in posts]
    posts[-1].refresh_from_db()
    assert f"since={cursor_at(posts[-1].published_at, posts[-1].pk)}" in html


@pytest.mark.parametrize("after", ["x", "0.0", "1", "zz.zz", "7fffffffffffffff.1", "0.0." + ".".join(["1"] * 61)])
def test_cursors_nobody_gave_out_are_not_found(shopper_client, after):
    assert shopper_client.get(f"{FOR_YOU}&after={after}").status_code == 404


def test_ids_in_an_address_show_nothing_that_is_not_followed(shopper_client, channel):
    post = make_post(channel)
    html = shopper_client.get(f"{FOR_YOU}&after=0.0.{post.pk:x}").content.decode()
    assert _ids(html) == []


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(shopper, shopper_client, count, django_assert_num_queries):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:count])
    for channel in market.channels[:count]:
        sellers.follow(person=shopper, channel=channel)
        for _ in range(4):
            make_product_post(channel)
    html = shopper_client.get(FOR_YOU, headers=BROWSER).content.decode()
    # session and person, what she wants to see no more, candidates, history, their channels, posts, impressions
    with django_assert_num_queries(6):
        shopper_client.get(FOR_YOU, headers=BROWSER)
    more = re.search(r'hx-get="(/feed/\?order=for-you&amp;after=[^"]*)"', html)[1].replace("&amp;", "&")
    shopper_client.get(more, headers=BROWSER | {"HX-Request": "true"})
    with django_assert_num_queries(5):  # session and person, limits, what is left, posts, impressions
        shopper_client.get(more, headers=BROWSER | {"HX-Request": "true"})
