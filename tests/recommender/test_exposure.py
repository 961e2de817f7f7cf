"""Every open channel is seen: while there is traffic, and as evenly as can be while there is too little."""

import datetime as dt
import random

import pytest
from django.urls import reverse
from django.utils import timezone

from recommender import selectors, services
from recommender.lookers import Looker
from recommender.models import Exposure, Impression
from recommender.selectors.exposure import get_market_reports
from sellers.models import Channel, Product
from tests.factories import make_category, make_channel, make_product_post

pytestmark = pytest.mark.django_db


def _shown(product: Product, count: int, place: str = "picks", days: float = 1) -> None:
    at = timezone.now() - dt.timedelta(days=days)
    Impression.objects.bulk_create(
        Impression(at=at, product_id=product.pk, place=place, slot=0, probability=1) for _ in range(count)
    )


@pytest.fixture
def loved(db) -> Channel:
    """A channel whose eight things fill every list that is not explored."""
    channel, category = make_channel(market="us"), make_category(slug="loved")
    for number in range(8):
        product = make_product_post(channel, category=category, title=f"Loved {number}").product
        Product.objects.filter(pk=product.pk).update(popularity=10**6 + number)
    return channel


def _visit(times: int) -> None:
    for _ in range(times):
        rows = selectors.get_picks(Looker(), "us", limit=7, per_channel=7).rows
        shown = [services.Shown(pick.product_id, slot, pick.probability) for slot, pick in enumerate(rows)]
        services.record_impressions(looker=Looker(), place="picks", shown=shown)


def test_a_shortfall_is_spread_evenly_and_new_ones_come_first(loved, settings):
    settings.CHANNEL_IMPRESSIONS = 40
    random.seed(2)
    category = loved.products.first().category
    seldom = [make_product_post(make_channel(market="us"), category=category).product for _ in range(5)]
    _shown(seldom[0], 12)
    _shown(seldom[1], 8)
    for _round in range(8):  # 32 visits have 32 places for five channels that want 180 more
        services.count_exposure()
        _visit(4)
    services.count_exposure()
    shown = dict(Exposure.objects.values_list("channel", "shown"))
    little = [shown[product.channel_id] for product in seldom]
    assert sum(little) == 12 + 8 + 32
    assert max(little) - min(little) <= 4 + 4  # a tenth of the number, and what one round gives
    assert shown[loved.pk] > 40


def test_who_has_nothing_to_show_takes_nobodys_place(loved, settings):
    settings.CHANNEL_IMPRESSIONS = 5
    empty, sold_out, closed = (make_channel(market="us") for _ in range(3))
    make_product_post(sold_out, stock=0)
    make_product_post(closed)
    Channel.objects.filter(pk=closed.pk).update(state="holiday")
    seldom = make_product_post(make_channel(market="us")).product
    services.count_exposure()
    assert set(Exposure.objects.values_list("channel", flat=True)) == {loved.pk, seldom.channel_id}
    _visit(5)
    assert services.count_exposure() == 0
    make_product_post(empty)
    assert services.count_exposure() == 5


def test_only_what_the_shop_showed_this_week_counts(loved, settings):
    settings.CHANNEL_IMPRESSIONS = 10
    product = loved.products.first()
    for place, days in (("picks", 1), ("feed", 1), ("search", 1), ("picks", 8)):
        _shown(product, 3, place, days)
    assert services.count_exposure() == 4
    (report,) = get_market_reports()
    assert report == ("United States", 1, 0, 4, 6, 6, 6)


def test_who_lacks_after_a_week_is_reported(loved, settings, staff_client, caplog):
    settings.CHANNEL_IMPRESSIONS = 10
    other = make_product_post(make_channel(market="us")).product
    _shown(other, 10)
    services.count_exposure()
    index, page = reverse("admin:index"), reverse("admin:recommender_exposure_changelist")
    assert services.report_exposure() == 0
    assert "Channels shown too little" not in staff_client.get(index).content.decode()

    Channel.objects.update(opened_at=timezone.now() - dt.timedelta(days=8))
    assert services.report_exposure() == 1
    assert caplog.messages == ["1 channels were shown fewer than 10 times in a week"]
    assert "Channels shown too little for a week" in staff_client.get(index).content.decode()
    found = {reach: staff_client.get(f"{page}?reach={reach}") for reach in ("overdue", "enough", "lacks")}
    lists = {reach: [row.channel_id for row in answer.context["cl"].result_list] for reach, answer in found.items()}
    assert lists == {"overdue": [loved.pk], "enough": [other.channel_id], "lacks": [loved.pk]}
    assert "0 of 10" in found["overdue"].content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_costs_the_same_for_any_number(loved, staff_client, count, django_assert_num_queries):
    for _ in range(count):
        make_product_post(make_channel(market="us"))
    services.count_exposure()
    page = reverse("admin:recommender_exposure_changelist")
    staff_client.get(page)
    with django_assert_num_queries(6):
        staff_client.get(page)
