"""Channels worth a follow, and what she hid."""

import pytest

from chat.models import Block, Side
from recommender import selectors, services
from recommender.lookers import Looker
from recommender.models import HiddenChannel, Interaction
from recommender.selectors.channels import ChannelPick
from sellers import services as sellers
from sellers.models import Channel, ChannelMember, Product
from tests.factories import make_channel, make_product_post
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db


def offered(looker: Looker, **more) -> list[int]:
    return [row.channel_id for row in selectors.get_channel_picks(looker, "us", **more).rows]


def test_they_are_those_of_her_list_with_its_reason(shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    found = selectors.get_channel_picks(Looker(shopper.pk), "us")
    assert {row.channel_id for row in found.rows} == {channel.pk for channel in market.channels}
    assert [row.because for row in found.rows] == [market.cups[0].pk] * 3
    assert found.titles == {market.cups[0].pk: "Cup 0"}


def test_who_is_followed_owned_blocked_hidden_or_left_out_is_not_offered(shopper):
    followed, own, blocked, hidden, left_out, fine = channels = [make_channel(market="us") for _ in range(6)]
    for channel in channels:
        make_product_post(channel)
    make_product_post(make_channel(market="eu"))
    make_channel(market="us")  # with nothing to see
    sellers.follow(person=shopper, channel=followed)
    ChannelMember.objects.create(channel=own, person=shopper, role="viewer")
    Block.objects.create(channel=blocked, shopper=shopper, side=Side.SHOPPER)
    services.hide_channel(looker=Looker(shopper.pk), channel=hidden)
    Product.objects.update(is_listed=False)  # whether they come from her list or from the most followed
    assert offered(Looker(shopper.pk), exclude=[left_out.pk]) == [fine.pk]
    Product.objects.update(is_listed=True)
    assert offered(Looker(shopper.pk), exclude=[left_out.pk]) == [fine.pk]


def test_the_most_followed_fill_up(shopper):
    likely, *others = (make_channel(market="us") for _ in range(4))
    make_product_post(likely)
    Channel.objects.exclude(pk=likely.pk).update(product_count=1)
    Channel.objects.filter(pk=others[2].pk).update(follower_count=9)
    found = selectors.get_channel_picks(Looker(shopper.pk), "us", limit=3)
    assert found.rows == [ChannelPick(pk, None) for pk in (likely.pk, others[2].pk, others[0].pk)]


@pytest.mark.parametrize("things", [1, 3])
def test_as_many_queries_whatever_the_history(shopper, things, django_assert_num_queries):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:things])
    offered(Looker(shopper.pk))
    # her list's history, taboo, choice, titles; channels, taboo, follows, the most followed
    with django_assert_num_queries(7):
        offered(Looker(shopper.pk))


def test_a_hidden_channel_is_in_no_list_until_she_shows_it_again():
    market = make_market()
    make_table()
    guest, channel = Looker(guest="abc"), market.channels[0]
    services.record(looker=guest, kind="view", product_id=market.cups[0].pk)
    theirs = set(channel.products.values_list("pk", flat=True))

    def shown(looker: Looker) -> set[int]:
        picked = {pick.product_id for pick in selectors.get_picks(looker, "us", explore=False).rows}
        return (picked | set(selectors.get_similar(market.cups[1].pk, "us", looker=looker))) & theirs

    assert shown(guest)
    for _ in range(2):
        services.hide_channel(looker=guest, channel=channel)
    assert (shown(guest), channel.pk in offered(guest)) == (set(), False)
    assert shown(Looker(guest="other"))
    assert selectors.get_hidden_channel_ids(guest) == [channel.pk]
    assert [row.kind for row in Interaction.objects.filter(guest="abc", channel_id=channel.pk)] == ["hide", "hide"]
    services.show_channel(looker=guest, channel=channel)
    assert shown(guest)
    assert selectors.get_hidden_channel_ids(guest) == []


def test_what_a_guest_hid_the_person_hid(shopper, channel, rival_channel):
    product = make_product_post(channel).product
    guest = Looker(guest="abc")
    services.refuse(looker=guest, product=product)
    for each in (channel, rival_channel):
        services.hide_channel(looker=guest, channel=each)
    services.hide_channel(looker=Looker(shopper.pk), channel=channel)
    services.join_guest(guest="abc", person=shopper)
    assert selectors.get_hidden_channel_ids(Looker(shopper.pk)) == [rival_channel.pk, channel.pk]
    assert list(selectors.get_refused_ids(Looker(shopper.pk)).rows) == [product.pk]
    assert selectors.get_hidden_channel_ids(guest) == []
    shopper.delete()
    assert HiddenChannel.objects.count() == 0


def test_nobody_hid_nothing(channel):
    services.hide_channel(looker=Looker(guest="abc"), channel=channel)
    assert selectors.get_hidden_channel_ids(Looker()) == []
    assert list(selectors.get_refused_ids(Looker()).rows) == []
