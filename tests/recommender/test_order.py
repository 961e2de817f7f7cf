"""The order of a feed that is hers."""

import random
import time

import pytest

from chat.models import Block, Side
from recommender import selectors, services
from recommender.lookers import Looker
from recommender.selectors.order import HALF_LIFE, Candidate
from sellers import services as sellers
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db


def order(looker: Looker, posts: list[Candidate]) -> list[int]:
    return selectors.order_posts(
        looker, posts, selectors.get_limits(looker, [post.product_id for post in posts if post.product_id])
    )


def posts_of(products, **more) -> list[Candidate]:
    """A post of each, all as old, each of a channel of its own."""
    return [Candidate(product.pk, time.time(), 10**6 + product.pk, product.pk, **more) for product in products]


def test_what_is_like_what_she_looked_at_comes_first(shopper):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:2])
    posts = posts_of([*market.pots, *market.cups[2:]])
    assert set(order(Looker(shopper.pk), posts)[:3]) == {cup.pk for cup in market.cups[2:]}


def test_what_is_much_older_comes_later_however_much_it_is_hers(shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    cup, pot = posts_of([market.cups[1], market.pots[0]])
    for half_lives, first in ((1.5, cup), (2.5, pot)):
        assert order(Looker(shopper.pk), [pot, cup._replace(at=cup.at - half_lives * HALF_LIFE)])[0] == first.id


def test_what_she_knows_or_cannot_have_gets_no_lift_but_stays(shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    sellers.save(person=shopper, product=market.cups[1])
    saved, pot = posts_of([market.cups[1], market.pots[0]])
    (gone,) = posts_of([market.cups[2]], is_gone=True)
    younger = [saved._replace(at=saved.at - 9), gone._replace(at=gone.at - 5), pot]
    assert order(Looker(shopper.pk), younger) == [pot.id, gone.id, saved.id]


def test_a_channel_she_likes_speaks_for_its_words_too(shopper):
    market = make_market()
    look(shopper, market.cups[0])
    now = time.time()
    words = [Candidate(n, now, channel.pk) for n, channel in enumerate(reversed(market.channels))]
    assert order(Looker(shopper.pk), words)[0] == words[2].id


def test_no_channel_fills_the_page():
    now = time.time()
    posts = [Candidate(n, now - n, 1 + n // 9) for n in range(12)]
    found = order(Looker(), posts)
    assert sorted(found) == list(range(12))
    assert found.index(9) < 3


def test_strangers_and_the_held_out_get_what_is_popular(shopper, settings):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    loved, *others = posts_of([market.pots[0], *market.cups[1:]])
    posts = [loved._replace(popularity=9), *(post._replace(popularity=n) for n, post in enumerate(others))]
    assert order(Looker(), posts)[0] == loved.id
    assert order(Looker(shopper.pk), posts)[0] != loved.id
    settings.HOLDOUT_SHARE = 1
    assert order(Looker(shopper.pk), posts)[0] == loved.id


@pytest.mark.parametrize("seed", range(20))
def test_only_what_she_wants_to_see_no_more_is_left_out(seed):
    rng = random.Random(seed)
    looker = Looker(guest="abc")
    limits = selectors.Limits({1, 2}, {30, 31}, {32})
    posts = [
        Candidate(
            n, time.time() - rng.random() * 1e6, rng.randrange(5), rng.choice([None, 30, 31, 32, 33]), rng.randrange(9)
        )
        for n in range(40)
    ]
    wanted = [post.id for post in posts if post.channel_id > 2 or not post.channel_id]
    wanted = [pk for pk in wanted if posts[pk].product_id not in (30, 31)]
    assert sorted(selectors.order_posts(looker, posts, limits)) == wanted


def test_limits_are_blocks_hidden_channels_and_refusals(shopper):
    market = make_market()
    blocked, hidden, _ = market.channels
    Block.objects.create(channel=blocked, shopper=shopper, side=Side.CHANNEL)
    looker = Looker(shopper.pk)
    services.hide_channel(looker=looker, channel=hidden)
    services.refuse(looker=looker, product=market.cups[0])
    sellers.save(person=shopper, product=market.cups[1])
    cups = [cup.pk for cup in market.cups]
    assert selectors.get_limits(looker, cups) == ({blocked.pk, hidden.pk}, {cups[0]}, {cups[1]})
    assert selectors.get_limits(looker, cups[1:]) == ({blocked.pk, hidden.pk}, set(), {cups[1]})
    assert selectors.get_limits(Looker(), cups) == (set(), set(), set())
