"""Lists: paging, order, cards, hearts, and how many queries they cost."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from core.pages import BadCursor
from sellers import services as sellers
from sellers.models import Product
from shop import cards
from shop.facets import Filters, Scope
from shop.selectors import lists
from shop.selectors.lists import Sort
from tests.factories import make_category, make_channel, make_picture, make_product_post
from tests.kept import keep
from tests.shop.market import SmallMarket, make_small_market

SORTED = {
    Sort.POPULAR: lambda p: (-p.popularity, -p.pk),
    Sort.NEWEST: lambda p: (-p.published_at.timestamp(), -p.pk),
    Sort.CHEAPEST: lambda p: (p.price_minor, p.pk),
    Sort.DEAREST: lambda p: (-p.price_minor, -p.pk),
}


@pytest.fixture
def market(db: None) -> SmallMarket:
    return keep(make_small_market)


def _walk(scope: Scope, filters: Filters, sort: Sort, limit: int) -> list[int]:
    seen, after = [], ""
    while True:
        page = lists.get_card_page(scope, filters, sort, after, limit)
        seen += [row.id for row in page.rows]
        after = page.next_cursor
        if not after:
            return seen


@pytest.mark.parametrize("sort", SORTED)
@pytest.mark.parametrize("limit", [1, 7, 30, 31])
def test_paging_shows_everything_once_in_order(market: SmallMarket, sort: Sort, limit: int):
    expected = [product.pk for product in sorted(market.products, key=SORTED[sort])]
    assert _walk(Scope("us"), Filters(), sort, limit) == expected


def test_paging_keeps_filters(market: SmallMarket):
    filters = Filters(1200, 1800, (("color", ("red", "teal")),))
    expected = [
        p.pk
        for p in sorted(market.products, key=SORTED[Sort.CHEAPEST])
        if 1200 <= p.price_minor <= 1800 and {"color:red", "color:teal"} & set(p.facet_terms)
    ]
    assert _walk(Scope("us", market.root.pk), filters, Sort.CHEAPEST, 4) == expected


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "zz.1", "f" * 40 + ".1"])
def test_a_strange_cursor_is_refused(market: SmallMarket, after: str):
    with pytest.raises(BadCursor):
        lists.get_card_page(Scope("us"), Filters(), Sort.NEWEST, after)


def test_a_page_with_a_strange_cursor_begins_anew(market: SmallMarket, client: Client):
    listing = client.get("/c/goods/?after=strange").context["listing"]
    assert (len(listing.cards), listing.is_continued) == (lists.PAGE, False)


def test_more_comes_by_link_and_by_htmx(market: SmallMarket, client: Client):
    first = client.get("/c/goods/?color=teal&color=red")
    assert first.context["listing"].more_url == ""
    first = client.get("/c/goods/?sort=price").context["listing"]
    assert len(first.cards) == lists.PAGE
    rest = client.get(f"/c/goods/{first.more_url}")
    assert len(rest.context["listing"].cards) == 30 - lists.PAGE
    fragment = client.get(f"/c/goods/{first.more_url}", headers={"HX-Request": "true"}).content.decode()
    assert fragment.count('<li class="product') == 30 - lists.PAGE
    assert "<html" not in fragment
    assert "facets" not in fragment


def test_htmx_gets_the_list_with_its_filters_and_one_address(market: SmallMarket, client: Client):
    answer = client.get("/c/goods/?price_min=&color=teal&sort=", headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == "/c/goods/?color=teal"
    page = answer.content.decode()
    assert page.count('id="browse"') == 1
    assert "<html" not in page


# --- cards


def _titles(client: Client, url: str) -> int:
    return client.get(url).content.decode().count('<li class="product')


@pytest.mark.parametrize(("things", "guest", "person"), [(1, 1, 3), (3, 1, 3)])
def test_a_warm_category_page_costs_few_queries(things, guest, person, shopper_client, django_assert_num_queries):
    category = make_category(slug="cups", attributes=("color",))
    channel = make_channel()
    for number in range(things):
        make_product_post(channel, title=f"Cup {number}", category=category, attributes={"color": "teal"})
    for client, queries in ((Client(), guest), (shopper_client, person)):
        client.get("/c/cups/")
        with django_assert_num_queries(queries):
            assert _titles(client, "/c/cups/?") == things


@pytest.mark.parametrize("things", [1, 3])
def test_a_cold_list_costs_at_most_five(things, client, taxonomy, channel, django_assert_num_queries):
    from django.core.cache import cache

    from sellers.models import Category
    from sellers.selectors import get_category_tree

    for number in range(things):
        make_product_post(channel, title=f"Cup {number}", category=Category.objects.get(slug="tote-bags"))
    cache.clear()
    get_category_tree()
    with django_assert_num_queries(4):  # counts, cities, the list, its cards
        assert _titles(client, "/newest/") == things


def test_a_card_follows_its_product(channel, client: Client):
    post = make_product_post(channel, title="Blue bowl", price_minor=2000)
    assert "Blue bowl" in client.get("/newest/").content.decode()
    data = sellers.data_of(post.product)
    changed = type(data)(
        **{field: getattr(data, field) for field in data.__dataclass_fields__} | {"title": "Green bowl"}
    )
    pictures = [(each.picture, each.alt) for each in post.pictures.order_by("position")]
    sellers.edit_post(
        post=post, by=post.author, expected_version=post.version, text=post.text, pictures=pictures, product=changed
    )
    page = client.get("/newest/").content.decode()
    assert "Green bowl" in page
    assert "Blue bowl" not in page


def test_a_card_says_what_matters(channel, rf, client: Client):
    make_product_post(channel, title="Gone", stock=0)
    make_product_post(channel, title="Single", stock=1, price_minor=3000, compare_at_minor=4000)
    page = client.get("/newest/").content.decode()
    assert page.count(" sold") == 1
    assert page.count('<span class="badge">Sold out</span>') == 1
    assert page.count('<span class="badge">Last one</span>') == 1
    assert page.count('<span class="cut">−25%</span>') == 1


def test_hearts_are_the_persons_own(channel, shopper, shopper_client: Client, client: Client):
    post = make_product_post(channel)
    make_product_post(channel)
    sellers.save(person=shopper, product=post.product)
    assert shopper_client.get("/newest/").content.decode().count('aria-pressed="true"') == 1
    assert client.get("/newest/").content.decode().count('aria-pressed="true"') == 0


def test_a_guests_hearts_come_from_her_session(channel, client: Client):
    post = make_product_post(channel)
    session = client.session
    session["guest"] = {"saves": [post.product.pk]}
    session.save()
    assert client.get("/newest/").content.decode().count('aria-pressed="true"') == 1


def test_cards_keep_the_order_given_and_leave_out_the_hidden(channel, rf):
    from django.contrib.auth.models import AnonymousUser

    from accounts.sessions import SessionStore

    posts = [make_product_post(channel, title=f"Cup {number}") for number in range(3)]
    sellers.archive_post(post=posts[1], by=posts[1].author)
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    ids = [post.product.pk for post in reversed(posts)]
    made = cards.get_cards(request, [*ids, 999_999])
    assert ["Cup 2" in made[0], "Cup 0" in made[1], len(made)] == [True, True, 2]


def test_large_cards_come_every_tenth_and_have_a_picture(channel, client: Client):
    for _ in range(12):
        make_product_post(channel)
    bare = Product.objects.order_by("-pk")[7]
    Product.objects.filter(pk=bare.pk).update(cover=make_picture(widths=[]))
    page = client.get("/newest/").content.decode()
    assert page.count(" feature") == 1
    Product.objects.update(cover=None)
    assert client.get("/newest/").content.decode().count(" feature") == 0


def test_a_drawing_is_carried_once_and_used_by_all(client: Client, channel):
    category = make_category(icon="cup-soda")
    for _ in range(3):
        make_product_post(channel, category=category)
    Product.objects.update(cover=None)
    page = client.get("/newest/").content.decode()
    assert (page.count('<symbol id="draw-cup-soda"'), page.count('<use href="#draw-cup-soda"/>')) == (1, 3)


def test_a_page_carries_few_kinds_of_drawings(client: Client, channel):
    for icon in ("cup-soda", "lamp", "shirt", "watch", "gem"):
        make_product_post(channel, category=make_category(icon=icon))
    Product.objects.update(cover=None)
    page = client.get("/newest/").content.decode()
    drawn = re.findall(r'<symbol id="draw-([^"]*)"', page)
    assert drawn == ["gem", "watch", "package"]
    assert re.findall(r'<use href="#draw-([^"]*)"', page) == [*drawn, "package", "package"]


def test_addresses_are_short_and_readable(client: Client, channel):
    for title, address in {
        "C2G Cat5e STP, gray networking cable": "c2g-cat5e-stp",
        "مربای آلبالو، دانه‌درشت": "مربای-آلبالو",
        "Donaudampfschifffahrt": "donaudampfschiff",
        "!!": "-",
    }.items():
        product = make_product_post(channel, title=title).product
        assert f'<a href="/p/{product.pk}-{address}/">' in client.get("/newest/").content.decode()
        assert client.get(product.get_absolute_url()).status_code == 200


# --- more values of a facet


def _sell_in_seven_channels() -> None:
    category = make_category(slug="cups")
    for _ in range(7):
        make_product_post(make_channel(), category=category)


def _values(page: str) -> int:
    return page.count('name="channel"')


def test_a_facet_shows_a_few_values_and_a_way_to_all(db, client: Client):
    _sell_in_seven_channels()
    page = client.get("/c/cups/?stock=in").content.decode()
    assert (_values(page), 'href="?stock=in&amp;more=channel#facet-channel"' in page) == (4, True)
    page = client.get("/c/cups/?stock=in&more=channel").content.decode()
    assert (_values(page), page.count("more=channel")) == (7, 0)
    assert '<input type="hidden" name="more" value="channel">' in page  # the next choice leaves it open


def test_htmx_gets_the_opened_facet_alone(db, client: Client):
    _sell_in_seven_channels()
    headers = {"HX-Request": "true", "HX-Target": "fieldset#facet-channel"}
    answer = client.get("/c/cups/?more=channel", headers=headers)
    page = answer.content.decode()
    assert (page.count("<fieldset"), _values(page), page.count(" autofocus")) == (1, 7, 1)
    assert "HX-Push-Url" not in answer


# --- newest, trending, channels


def test_newest_and_trending_sort_their_own_way(market: SmallMarket, client: Client):
    for path, sort in (("/newest/", Sort.NEWEST), ("/trending/", Sort.POPULAR)):
        listing = client.get(path).context["listing"]
        assert [value for value, _words, is_chosen in listing.sorts if is_chosen] == [sort]


def test_an_empty_list_offers_something(db, client: Client):
    make_category(slug="cups")
    page = client.get("/c/cups/").content.decode()
    assert "See what is trending" in page
    page = client.get("/c/cups/?stock=in").content.decode()
    assert "Clear all filters" in page


@pytest.mark.parametrize(("count", "guest", "person"), [(1, 2, 4), (3, 2, 4)])
def test_channels_cost_few_queries(count, guest, person, shopper_client, django_assert_num_queries):
    for _ in range(count):
        make_product_post(make_channel())
    for client, queries in ((Client(), guest), (shopper_client, person)):
        with django_assert_num_queries(queries):
            assert client.get("/channels/").content.decode().count('<li class="channel-card') == count


def test_channels_page_by_followers(db, shopper, rival):
    channels = [make_channel() for _ in range(5)]
    for channel in channels:
        make_product_post(channel)
    for person in (shopper, rival):
        sellers.follow(person=person, channel=channels[3])
    sellers.follow(person=rival, channel=channels[1])
    make_channel(state="pending")
    seen, after = [], ""
    while True:
        page = lists.get_channel_page("us", after, 2)
        seen += [channel.pk for channel in page.rows]
        after = page.next_cursor
        if not after:
            break
    assert seen == [channels[i].pk for i in (3, 1, 0, 2, 4)]


def test_the_thumbs_of_a_channel_are_its_newest_three(channel, rival_channel):
    from shop.guests import Visitor

    start = timezone.now() - dt.timedelta(days=1)
    posts = [make_product_post(channel, published_at=start + dt.timedelta(hours=n)) for n in range(5)]
    (card, other) = lists.get_channel_cards([channel, rival_channel], Visitor())
    assert card.thumbs == [post.product.cover for post in reversed(posts[2:])]
    assert (other.thumbs, other.icon) == ([], "store")
