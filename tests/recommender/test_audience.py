"""Whom an ad is for: people whose history stands close to what it shows."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.models import Block, Side
from payments.machine import State
from payments.models import MoneyRequest
from recommender import selectors, services
from recommender.lookers import Looker
from recommender.selectors import audience
from sellers import services as sellers
from sellers.models import ChannelMember
from tests.factories import make_channel, make_product_post, make_user
from tests.recommender.market import Market, look, make_market, make_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    """Even people look at cups, odd ones at pots; a new cup, of a channel of its own, nobody looked at yet."""
    made = make_market(people=12)
    new = make_product_post(make_channel(market="us"), title="Cup of clay", category=made.cups[0].category).product
    made.cups.append(new)
    make_table()
    return made


def of(market: Market, parity: int) -> set[int]:
    return {person.pk for number, person in enumerate(market.people) if number % 2 == parity}


def test_people_like_those_who_like_it_come_first(market):
    cup, pot = market.cups[0].pk, market.pots[0].pk
    for seed, parity in ((cup, 0), (pot, 1)):
        found = selectors.get_look_alikes(product_ids=[seed], market="us", limit=100)
        assert set(found[:6]) == of(market, parity)
    assert selectors.get_look_alikes(product_ids=[cup], market="us", limit=2) == found_first(cup)
    assert selectors.get_look_alikes(product_ids=[cup], market="eu", limit=100) == []
    assert selectors.get_look_alikes(market="us", limit=100) == []


def found_first(seed: int) -> list[int]:
    return selectors.get_look_alikes(product_ids=[seed], market="us", limit=100)[:2]


def test_a_channel_whose_things_nobody_knows_finds_people_by_the_table(market):
    channel = market.cups[-1].channel
    found = selectors.get_look_alikes(channel_id=channel.pk, market="us", limit=100)
    assert set(found[:6]) == of(market, 0)
    cache.clear()
    assert selectors.get_look_alikes(channel_id=channel.pk, market="us", limit=100) == found


def test_people_like_a_channels_followers_come_first_whatever_it_sells(market):
    """Its things are all pots, and all who follow it look at cups."""
    channel = make_channel(market="us")
    make_product_post(channel, title="Pot of clay", category=market.pots[0].category)
    make_table()
    assert set(selectors.get_look_alikes(channel_id=channel.pk, market="us", limit=100)[:6]) == of(market, 1)
    for person in market.people[:6:2]:
        sellers.follow(person=person, channel=channel)
    found = selectors.get_look_alikes(channel_id=channel.pk, market="us", limit=100)
    assert set(found[:3]) == {person.pk for person in market.people[6::2]}


def test_who_refused_what_a_follower_likes_is_still_like_her(market):
    channel = make_channel(market="us")
    sellers.follow(person=market.people[0], channel=channel)
    services.refuse(looker=Looker(market.people[2].pk), product=market.cups[1])
    sellers.follow(person=market.people[4], channel=market.cups[1].channel)
    found = selectors.get_look_alikes(channel_id=channel.pk, market="us", limit=100)
    assert {market.people[2].pk, market.people[4].pk} < set(found)
    assert market.people[0].pk not in found


def test_saying_more_and_lately_counts_more(market):
    old, new, keen = (make_user() for _ in range(3))
    look(old, market.cups[0], days=80)
    look(new, market.cups[0], days=1)
    look(keen, market.cups[0], kind="save", days=1)
    look(make_user(), market.cups[0], days=100)
    found = selectors.get_look_alikes(product_ids=[market.cups[0].pk], market="us", limit=100)
    strangers = [pk for pk in found if pk not in of(market, 0) | of(market, 1)]
    assert strangers == [keen.pk, new.pk, old.pk]


def test_who_is_there_already_or_wants_nothing_of_it_is_left_out(market):
    product, channel = market.cups[-1], market.cups[-1].channel
    follower, member, blocked, hider, refuser, buyer = people = [market.people[n] for n in range(0, 12, 2)]
    sellers.follow(person=follower, channel=channel)
    ChannelMember.objects.create(channel=channel, person=member, role="viewer")
    Block.objects.create(channel=channel, shopper=blocked, side=Side.SHOPPER)
    services.hide_channel(looker=Looker(hider.pk), channel=channel)
    services.refuse(looker=Looker(refuser.pk), product=product)
    with connection.cursor() as cursor:  # a bought thing without the story of its money
        cursor.execute("ALTER TABLE payments_moneyrequest DISABLE TRIGGER USER")
    MoneyRequest.objects.bulk_create(
        [_request(product, buyer, State.RELEASED), _request(product, market.people[1], State.CANCELLED)]
    )
    found = selectors.get_look_alikes(product_ids=[product.pk], market="us", limit=100)
    assert not {person.pk for person in people} & set(found)
    gone, fine = market.people[3], market.people[1]
    look(gone, market.cups[0])
    look(fine, market.cups[0])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    found = selectors.get_look_alikes(product_ids=[product.pk], market="us", limit=100)
    assert (fine.pk in found, gone.pk in found) == (True, False)


def _request(product, person, state: str) -> MoneyRequest:
    return MoneyRequest(
        buyer=person, channel=product.channel, product=product, origin="buyer", title="x", state=state,
        amount_minor=1, fee_basis_points=0, fee_minor=0, currency="USD",
    )  # fmt: skip


def test_guests_and_what_is_not_interest_do_not_count(market):
    services.record(looker=Looker(guest="abc"), kind="view", product_id=market.cups[0].pk)
    person = make_user()
    look(person, market.cups[0], kind="not_interested")
    assert person.pk not in selectors.get_look_alikes(product_ids=[market.cups[0].pk], market="us", limit=100)


def test_what_is_read_of_the_log_is_bounded_and_by_an_index(market):
    with CaptureQueriesContext(connection) as queries:
        selectors.get_look_alikes(channel_id=market.channels[0].pk, market="us", limit=9)
    assert len(queries) == 6
    sql = queries[-1]["sql"]
    assert f"LIMIT {audience.EACH}" in sql
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as with many rows
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search(r"Index Scan .*recommender_interaction_\d{8}_product_id_at_idx", plan)
