"""Lists: what they are made of, and what never appears on them, whatever the table says."""

import itertools
import random
from dataclasses import asdict, replace

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Block, Side
from payments.machine import State
from payments.models import MoneyRequest
from recommender import inputs, selectors, services
from recommender.lookers import Looker
from recommender.models import Exposure, Impression, Neighbors, Run, Tuning
from recommender.selectors import deeds, picks, popular, rules, tables
from recommender.training.scoring import Scorer
from recommender.training.settings import Settings
from recommender.training.table import make_table as train
from sellers import services as sellers
from sellers.models import Channel, ChannelMember, Product
from tests.factories import make_category, make_channel, make_product_post, make_user
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db


def ids(found: selectors.Picks) -> list[int]:
    return [pick.product_id for pick in found.rows]


def one_table(rows: dict[int, list[int]]) -> Run:
    run = Run.objects.create(state="live", settings={})
    Neighbors.objects.bulk_create(
        Neighbors(run=run, product_id=pk, ids=others, weights=[1 / (1 + n) for n in range(len(others))])
        for pk, others in rows.items()
    )
    return run


def test_what_she_looked_at_decides_and_says_why(shopper):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:2])
    found = selectors.get_picks(Looker(shopper.pk), "us", explore=False)
    assert set(ids(found)[:3]) == {cup.pk for cup in market.cups[2:]}
    assert found.because in {cup.pk for cup in market.cups[:2]}
    assert found.titles[found.because].startswith("Cup")
    assert not {cup.pk for cup in market.cups[:2]} & set(ids(found))


def test_a_look_changes_the_next_list(shopper):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    before = ids(selectors.get_picks(Looker(shopper.pk), "us", explore=False))
    look(shopper, market.pots[0], kind="save")
    after = ids(selectors.get_picks(Looker(shopper.pk), "us", explore=False))
    assert before[0] in {cup.pk for cup in market.cups}
    assert after[0] in {pot.pk for pot in market.pots}


def test_the_sites_scores_are_those_of_training():
    market = make_market()
    run = make_table()
    person = market.people[0]
    read, made = inputs.read(run.until), Settings(**run.settings)
    table = train(read.log, made)
    rows = {
        int(pk): tables.Row(read.products[table[n].indices].tolist(), table[n].data.tolist())
        for n, pk in enumerate(read.products)
    }
    history = deeds.get_history(Looker(person.pk))
    on_site = picks.score(history, rows, made.history_half_life, [past.product_id for past in history])
    names = sorted(each.pk for each in market.people)
    plain = Scorer(read.log, table, replace(made, popular_share=0))
    trained = plain.scores(np.array([names.index(person.pk)], np.int32))[0]
    assert on_site == pytest.approx(
        {int(read.products[n]): value for n, value in enumerate(trained.tolist()) if value > 0}, rel=1e-3
    )


def test_a_list_of_the_site_is_the_one_that_is_measured(monkeypatch):
    """With regression and popularity in it; less what is done for variety, which the bench leaves out."""
    monkeypatch.setattr(picks, "SAME_KIND", 1)
    market = make_market(count=8, people=12)
    made = Settings(regression_share=0.5, popular_share=0.3, popular_half_life=0.2, history_half_life=2, half_life=3)
    Tuning.objects.create(settings=asdict(made), quality={})
    read = inputs.read(make_table().until)
    scorer = Scorer(read.log, train(read.log, made, read.content), made)
    for number, person in enumerate(market.people):
        found = selectors.get_picks(Looker(person.pk), "us", limit=8, per_channel=8, explore=False)
        values = scorer.scores(np.array([number], np.int32))[0]
        listed = values[read.places_of(ids(found))].tolist()
        assert listed == pytest.approx(sorted(values.tolist(), reverse=True)[:8], rel=1e-4)  # equal ones in any order


STATES = ("fine", "hidden", "sold out", "own", "blocked", "bought", "refused", "saved", "elsewhere", "left out")


def _put_into(state: str, product: Product, person) -> None:
    """The product as ``state`` says, in a channel of its own."""
    products = Product.objects.filter(pk=product.pk)
    match state:
        case "hidden":
            products.update(is_listed=False)
        case "sold out":
            products.update(stock=0)
        case "elsewhere":
            products.update(market="eu")
        case "own":
            ChannelMember.objects.create(channel=product.channel, person=person, role="viewer")
        case "blocked":
            Block.objects.create(channel=product.channel, shopper=person, side=Side.CHANNEL)
        case "bought":
            MoneyRequest.objects.bulk_create([_bought(product, person)])
        case "refused":
            services.refuse(looker=Looker(person.pk), product=product)
        case "saved":
            sellers.save(person=person, product=product)


def _bought(product: Product, person) -> MoneyRequest:
    return MoneyRequest(
        buyer=person, channel=product.channel, product=product, origin="buyer", title="x", state=State.RELEASED,
        amount_minor=1, fee_basis_points=0, fee_minor=0, currency="USD",
    )  # fmt: skip


@given(
    states=st.lists(st.sampled_from(STATES), min_size=6, max_size=6),
    order=st.permutations(range(6)),
    history=st.sets(st.integers(0, 5), max_size=3),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_may_not_be_shown_never_appears(rich_market, states, order, history):
    """Whatever the table holds and whatever is popular; all that may be shown does appear."""
    products, person = rich_market
    cache.clear()
    popular.memory.clear()
    with transaction.atomic():
        with connection.cursor() as cursor:  # a bought thing without the story of its money; rolled back below
            cursor.execute("ALTER TABLE payments_moneyrequest DISABLE TRIGGER USER")
        one_table({product.pk: [products[n].pk for n in order] for product in products})
        for state, product in zip(states, products, strict=True):
            _put_into(state, product, person)
        look(person, *(products[n] for n in history))
        left_out = [product.pk for state, product in zip(states, products, strict=True) if state == "left out"]
        found = ids(selectors.get_picks(Looker(person.pk), "us", exclude=left_out))
        allowed = {product.pk for n, product in enumerate(products) if states[n] == "fine" and n not in history}
        assert set(found) == allowed
        assert len(found) == len(allowed)
        similar = selectors.get_similar(products[0].pk, "us", looker=Looker(person.pk), exclude=left_out)
        fine = {product.pk for n, product in enumerate(products) if states[n] == "fine" and n}
        assert set(similar) == fine
        transaction.set_rollback(True)


@pytest.fixture
def rich_market(db):
    """Six things of six channels, and somebody who owns none."""
    category = make_category(slug="bowls")
    made = [make_product_post(make_channel(market="us"), category=category).product for _ in range(6)]
    return made, make_user()


def test_a_guest_is_refused_nothing_but_what_she_refused():
    market = make_market()
    make_table()
    guest = Looker(guest="abc")
    services.record(looker=guest, kind="view", product_id=market.cups[0].pk)
    first = ids(selectors.get_picks(guest, "us", explore=False))[0]
    services.refuse(looker=guest, product=Product.objects.get(pk=first))
    assert first not in ids(selectors.get_picks(guest, "us", explore=False))
    assert first in ids(selectors.get_picks(Looker(guest="other"), "us", explore=False))
    services.take_back_refusal(looker=guest, product=Product.objects.get(pk=first))
    assert ids(selectors.get_picks(guest, "us", explore=False))[0] == first


def test_without_a_table_it_is_what_is_popular_in_her_categories(shopper):
    market = make_market()
    for place, product in enumerate(market.products):
        Product.objects.filter(pk=product.pk).update(popularity=place)
    look(shopper, market.cups[0])
    cups, pots = ([each.pk for each in reversed(things)] for things in (market.cups[1:], market.pots))
    found = selectors.get_picks(Looker(shopper.pk), "us", per_channel=24, explore=False)
    assert ids(found)[:4] == cups
    assert ids(found) == cups + pots
    assert (found.because, found.titles) == (None, {})
    strangers = ids(selectors.get_picks(Looker(), "us", per_channel=24, explore=False))
    assert strangers[:4] == pots[:4]
    assert len(strangers) == len(market.products)


def test_without_redis_the_database_serves(shopper, settings):
    market = make_market()
    make_table()
    look(shopper, market.cups[0])
    with_cache = ids(selectors.get_picks(Looker(shopper.pk), "us", explore=False))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert cache.get("anything") is None
    assert ids(selectors.get_picks(Looker(shopper.pk), "us", explore=False)) == with_cache


def test_a_channel_has_its_places_and_no_more():
    market = make_market(count=6)
    found = selectors.get_picks(Looker(), "us", limit=6, per_channel=2, explore=False)
    channels = Product.objects.in_bulk(ids(found))
    counts = [len(list(each)) for _pk, each in itertools.groupby(sorted(channels[pk].channel_id for pk in channels))]
    assert counts == [2, 2, 2]
    assert len(selectors.get_picks(Looker(), "us", limit=12, per_channel=1, explore=False).rows) == len(market.products)


@pytest.mark.parametrize("things", [1, 3])
def test_as_many_queries_whatever_the_history(shopper, things, django_assert_num_queries):
    market = make_market()
    make_table()
    look(shopper, *market.cups[:things])
    looker = Looker(shopper.pk)
    selectors.get_picks(looker, "us")
    with django_assert_num_queries(1):  # may it be shown: the rest is kept
        selectors.get_picks(looker, "us", limit=4)
    cache.clear()
    popular.memory.clear()
    with django_assert_num_queries(6):  # and history, the live table, its rows, what is popular, the trend
        selectors.get_picks(looker, "us", limit=4)


def test_one_place_is_for_who_was_shown_too_little(shopper, settings):
    settings.CHANNEL_IMPRESSIONS = 10
    market = make_market(count=6)
    make_table()
    look(shopper, market.cups[0])
    new = make_product_post(make_channel(market="us"), category=market.pots[0].category).product
    for channel in market.channels:
        Exposure.objects.create(channel=channel, market="us", shown=10)
    little = Exposure.objects.create(channel=new.channel, market="us", shown=0)
    found = selectors.get_picks(Looker(shopper.pk), "us", limit=8)
    assert found.rows[picks.EXPLORE_AT] == selectors.Pick(new.pk, None, 1.0, is_drawn=True)
    assert [pick.is_drawn for pick in found.rows].count(True) == 1
    assert [pick.probability for pick in found.rows] == [1] * 8
    little.shown = 10
    little.save()
    popular.forget_unseen(["us"])
    assert new.pk not in ids(selectors.get_picks(Looker(shopper.pk), "us", limit=8))


def test_every_open_channel_gets_its_impressions_while_there_is_traffic(settings):
    """Three channels of which one is popular: lists of strangers bring the others to their number."""
    settings.CHANNEL_IMPRESSIONS = 6
    random.seed(4)
    market = make_market(count=12)
    loved = market.channels[0]
    Product.objects.filter(channel=loved).update(popularity=10**6)
    for _round in range(12):
        services.count_exposure()
        rows = selectors.get_picks(Looker(), "us", limit=8, per_channel=8).rows
        shown = [services.Shown(pick.product_id, slot, pick.probability) for slot, pick in enumerate(rows)]
        services.record_impressions(looker=Looker(), place="tab", shown=shown)
    assert services.count_exposure() == 0
    assert min(Exposure.objects.values_list("shown", flat=True)) >= 6


def test_what_lacks_is_reported_and_the_least_shown_come_first(settings):
    settings.CHANNEL_IMPRESSIONS = 10
    first, second, closed = (make_channel(market="us") for _ in range(3))
    Channel.objects.filter(pk=closed.pk).update(state="suspended")
    product = make_product_post(first).product
    make_product_post(second)
    Impression.objects.bulk_create(
        Impression(product_id=product.pk, place="tab", slot=0, probability=1) for _ in range(4)
    )
    assert services.count_exposure() == 6 + 10
    assert dict(Exposure.objects.values_list("channel", "shown")) == {first.pk: 4, second.pk: 0}


def test_similar_things_are_its_row():
    market = make_market()
    one_table({market.cups[0].pk: [market.pots[1].pk, market.cups[3].pk]})
    assert selectors.get_similar(market.cups[0].pk, "us") == [market.pots[1].pk, market.cups[3].pk]
    assert selectors.get_similar(market.cups[1].pk, "us") == []


def test_what_may_be_shown_keeps_its_order():
    market = make_market()
    wanted = [market.pots[1].pk, market.cups[2].pk, market.pots[0].pk]
    assert [choice.product_id for choice in rules.get_allowed(Looker(), wanted)] == wanted
