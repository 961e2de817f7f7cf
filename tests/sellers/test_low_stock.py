"""What runs low: by the threshold of a variant, a product or the channel; told once a day."""

import datetime as dt

import pytest

from news.models import News
from sellers import selectors
from sellers import services as sellers
from sellers.models import Channel, ChannelMember, Product, Variant
from tests.factories import make_category, make_product_post, make_user

pytestmark = pytest.mark.django_db
Sort = selectors.StockSort


@pytest.fixture(autouse=True)
def _any_hour(monkeypatch):
    monkeypatch.setattr(selectors.stock, "TELL_FROM", 0)


def low(channel: Channel, sort: Sort = Sort.LEFT) -> list[tuple[str, str, int]]:
    rows = selectors.get_low_stock(Channel.objects.get(pk=channel.pk), sort).rows
    return [(row.product.title, str(row.variant or ""), row.remaining) for row in rows]


def make(channel: Channel, title: str, stock: int | None, **fields) -> Product:
    return make_product_post(channel, title=title, stock=stock, **fields).product


def test_what_counts_and_in_which_order(channel, rival_channel):
    make(channel, "B", 3)
    make(channel, "A", 1)
    make(channel, "enough", 4)
    make(channel, "to order", None)
    make(channel, "draft", 0, publish="draft")
    make(rival_channel, "theirs", 0)
    dear = make(channel, "C", 8)
    sellers.set_low_stock(channel=channel, low_stock=20, product_id=dear.pk)
    assert low(channel) == [("A", "", 1), ("B", "", 3), ("C", "", 8)]
    assert [title for title, _variant, _left in low(channel, Sort.TITLE)] == ["A", "B", "C"]
    assert [title for title, _variant, _left in low(channel, Sort.MISSING)] == ["C", "A", "B"]


def test_variants_count_one_by_one(channel):
    variants = [sellers.VariantData({"size": size}, stock=stock) for size, stock in (("s", 5), ("m", 0))]
    shirt = make_product_post(channel, title="Shirt", category=make_category(attributes=["size"]), variants=variants)
    assert low(channel) == [("Shirt", "m", 0)]
    small = Variant.objects.get(product=shirt.product, stock=5)
    sellers.set_low_stock(channel=channel, low_stock=5, variant_id=small.pk)
    assert low(channel) == [("Shirt", "m", 0), ("Shirt", "s", 5)]
    sellers.set_low_stock(channel=channel, low_stock=None, variant_id=small.pk)
    sellers.set_low_stock(channel=channel, low_stock=9, product_id=shirt.product.pk)
    assert len(low(channel)) == 2


def test_managers_set_the_numbers_of_their_own(seller_client, channel, rival_channel):
    url = f"/dashboard/{channel.handle}/stock/threshold/"
    pot, theirs = make(channel, "Pot", 7), make(rival_channel, "Theirs", 7)
    seller_client.post(url, {"low_stock": "۷", "product": pot.pk})
    assert low(channel) == [("Pot", "", 7)]
    seller_client.post(url, {"low_stock": "", "product": pot.pk})
    assert low(channel) == []
    seller_client.post(url, {"low_stock": "7"})
    assert low(channel) == [("Pot", "", 7)]
    assert seller_client.post(url, {"low_stock": "9", "product": theirs.pk}).status_code == 404
    assert seller_client.post(url, {"low_stock": "many"}).status_code == 302
    assert Channel.objects.get(pk=channel.pk).low_stock == 7


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_constant_number_of_times(count, seller_client, channel, django_assert_num_queries):
    for number in range(count):
        make(channel, f"Pot {number}", 1)
    url = f"/dashboard/{channel.handle}/stock/"
    seller_client.get(url)
    with django_assert_num_queries(4):  # session and person, channel, what is low, its products
        html = seller_client.get(url).content.decode()
    assert html.count('class="badge held"') == count


def test_the_list_comes_in_pages(channel):
    for number in range(5):
        make(channel, f"Pot {number}", number % 3)
    first = selectors.get_low_stock(channel, limit=3)
    rest = selectors.get_low_stock(channel, after=first.next_cursor, limit=3)
    assert [len(first.rows), len(rest.rows), rest.next_cursor] == [3, 2, ""]
    assert len({row.product.pk for row in (*first.rows, *rest.rows)}) == 5


def test_owner_and_managers_hear_of_it_once_a_day(channel, seller, rival_channel):
    manager, agent = make_user(), make_user()
    ChannelMember.objects.create(channel=channel, person=manager, role="manager")
    ChannelMember.objects.create(channel=channel, person=agent, role="agent")
    make(channel, "Pot", 2)
    make(channel, "Cup", 0)
    make(rival_channel, "Theirs", 50)
    assert [sellers.tell_low_stock() for _hour in range(2)] == [1, 0]
    told = News.objects.filter(kind="stock_low").order_by("person")
    assert [news.person for news in told] == [seller, manager]
    assert told[0].words.body == "Things that run low: 2. First of all: Cup."
    assert told[0].url == f"/dashboard/{channel.handle}/stock/"


def test_each_market_has_its_own_morning_and_day(monkeypatch, channel, rival_channel):
    monkeypatch.setattr(selectors.stock, "TELL_FROM", 8)
    make(channel, "Pot", 1)
    make(rival_channel, "Cup", 1)
    Channel.objects.filter(pk=rival_channel.pk).update(market="tw")
    moment = dt.datetime(2026, 3, 10, 1, tzinfo=dt.UTC)  # nine in the morning in Taipei, the evening before in New York
    found = {low.channel_id: low.day for low in selectors.get_low_channels(moment)}
    assert found == {channel.pk: dt.date(2026, 3, 9), rival_channel.pk: dt.date(2026, 3, 10)}
    early = dt.datetime(2026, 3, 10, 6, tzinfo=dt.UTC)  # two in the morning in New York
    assert [low.channel_id for low in selectors.get_low_channels(early)] == [rival_channel.pk]
