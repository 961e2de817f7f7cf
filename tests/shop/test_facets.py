"""Counts agree with lists under every combination of filters; strange addresses do no harm."""

from collections import Counter
from dataclasses import replace

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.markets import MARKETS
from shop import search
from shop.facets import Filters, Scope, count_facets, parse_filters
from shop.selectors.lists import Sort, get_card_page, get_page_and_counts
from tests.kept import keep
from tests.shop.market import SmallMarket, make_small_market

US = MARKETS["us"]
FACETS = ("category", "condition", "city", "channel", "stock", "color", "size")
KNOWN = {"color": frozenset(("teal", "red")), "size": frozenset(("s", "m"))}
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def market(db: None) -> SmallMarket:
    return keep(make_small_market)


@pytest.fixture
def indexed_market(market: SmallMarket) -> SmallMarket:
    search.index_products(product.pk for product in market.products)
    return market


def _parse(text: str, market=US, categories=None):
    return parse_filters(QueryDict(text), market, KNOWN, categories or {})


def _fits(product, filters: Filters, leaving_out: str = "") -> bool:
    """The definition, in plain Python."""
    if filters.price_min is not None and product.price_minor < filters.price_min:
        return False
    if filters.price_max is not None and product.price_minor > filters.price_max:
        return False
    return all(
        any(f"{facet}:{value}" in product.facet_terms for value in values)
        for facet, values in filters.chosen
        if facet != leaving_out
    )


def _expected_counts(products, filters: Filters) -> Counter:
    return Counter(
        term
        for product in products
        for term in product.facet_terms
        if (facet := term.partition(":")[0]) in FACETS and _fits(product, filters, leaving_out=facet)
    )


def _values(market: SmallMarket) -> dict[str, list[str]]:
    return {
        "color": ["teal", "red"],
        "size": ["s", "m"],
        "condition": ["new", "used", "handmade", "refurbished"],
        "stock": ["in", "order"],
        "city": ["portland", "austin", "nowhere"],
        "channel": [str(channel.pk) for channel in market.channels],
        "category": [str(leaf.pk) for leaf in market.leaves],
    }


@QUICK
@given(data=st.data())
def test_counts_agree_with_a_naive_count_and_with_the_list(market: SmallMarket, data):
    chosen = []
    for facet, values in sorted(_values(market).items()):
        some = data.draw(st.lists(st.sampled_from(values), unique=True, max_size=2), label=facet)
        if some:
            chosen.append((facet, tuple(sorted(some))))
    bound = st.none() | st.integers(900, 2200)
    filters = Filters(data.draw(bound), data.draw(bound), tuple(chosen))
    node = data.draw(st.sampled_from([None, market.root, *market.leaves]), label="category")
    scope = Scope("us", node.pk if node else None, bool(node and node.is_leaf and node != market.root))
    inside = [p for p in market.products if node is None or f"category:{node.pk}" in p.facet_terms]

    counts = count_facets(scope, filters, FACETS)

    assert counts.by_term == _expected_counts(inside, filters)
    wanted = {product.pk for product in inside if _fits(product, filters)}
    assert counts.total == len(wanted)
    assert {row.id for row in get_card_page(scope, filters, Sort.POPULAR, limit=50).rows} == wanted


@QUICK
@given(data=st.data())
def test_counts_of_a_search_for_something_very_common(indexed_market: SmallMarket, data):
    """They are read from the index by words and facet terms together."""
    chosen = tuple(
        (facet, tuple(sorted(data.draw(st.lists(st.sampled_from(values), unique=True, min_size=1, max_size=2)))))
        for facet, values in sorted(_values(indexed_market).items())
        if data.draw(st.booleans(), label=facet)
    )
    filters = Filters(data.draw(st.none() | st.integers(900, 2200)), None, chosen)
    scope = Scope("us", ranking=replace(search.plan_query("thing", "us").ranking, is_common=True))

    page, counts = get_page_and_counts(scope, filters, Sort.RELEVANCE, "", FACETS, limit=50)

    assert counts.by_term == _expected_counts(indexed_market.products, filters)
    assert {row.id for row in page.rows} == {each.pk for each in indexed_market.products if _fits(each, filters)}
    assert {row.id for row in get_card_page(scope, filters, Sort.RELEVANCE).rows} <= {row.id for row in page.rows}


def test_a_count_is_what_choosing_that_value_brings(market: SmallMarket):
    filters = Filters(chosen=(("color", ("teal",)), ("size", ("m",))))
    counts = count_facets(Scope("us"), filters, FACETS)
    also_red = Filters(chosen=(("color", ("red",)), ("size", ("m",))))
    assert counts.of("color", "red") == count_facets(Scope("us"), also_red, FACETS).total


def test_hidden_things_are_neither_listed_nor_counted(market: SmallMarket):
    from sellers import services as sellers

    channel = market.channels[1]
    sellers.suspend_channel(channel=channel, by=channel.members.get(role="owner").person, reason="because")
    counts = count_facets(Scope("us"), Filters(), FACETS)
    assert counts.total == 20
    assert counts.of("channel", str(channel.pk)) == 0
    assert count_facets(Scope("eu"), Filters(), FACETS).total == 0


def test_channels_and_cities_have_names(market: SmallMarket):
    counts = count_facets(Scope("us"), Filters(), FACETS)
    assert counts.channels == {str(channel.pk): channel.name for channel in market.channels}
    assert counts.cities == {"portland": "Portland", "austin": "Austin"}


# --- reading an address


def test_values_of_a_facet_are_sorted_and_once():
    parsed = _parse("color=teal&color=red&color=teal&size=m")
    assert parsed.filters == Filters(chosen=(("color", ("red", "teal")), ("size", ("m",))))
    assert parsed.notices == []


def test_prices_are_in_the_unit_people_read():
    assert _parse("price_min=9.50&price_max=20").filters == Filters(950, 2000)
    with translation.override("fa"):
        assert _parse("price_min=۵۰٬۰۰۰", MARKETS["ir"]).filters == Filters(500_000)
    assert _parse("price_min=500000", MARKETS["ir"]).filters == Filters(500_000)


def test_prices_the_wrong_way_around_are_turned():
    assert _parse("price_min=20&price_max=10").filters == Filters(1000, 2000)


@pytest.mark.parametrize("price", ["abc", "-5", "1e9", "nan", "9.999", "9" * 40])
def test_a_price_that_is_none_is_left_out_and_said(price: str):
    parsed = _parse(f"price_min={price}&color=red")
    assert parsed.filters == Filters(chosen=(("color", ("red",)),))
    assert len(parsed.notices) == 1


@pytest.mark.parametrize(
    "text", ["color=puce", "channel=x", "stock=maybe", "condition=", "channel=9999999999999999999999"]
)
def test_unknown_values_are_left_out(text: str):
    parsed = _parse(text)
    assert parsed.filters == Filters()
    assert len(parsed.notices) == (0 if text == "condition=" else 1)


def test_what_is_no_filter_is_not_looked_at():
    assert _parse("utm_source=x&page=2&colour=red") == _parse("")


RUBBISH = st.dictionaries(
    st.sampled_from(
        ["price_min", "price_max", "color", "city", "channel", "category", "sort", "after", "stock", "q", "x"]
    ),
    st.text(max_size=30) | st.integers().map(str),
    max_size=5,
)


@settings(QUICK, max_examples=60)
@given(query=RUBBISH)
@pytest.mark.parametrize("path", ["/c/goods/", "/newest/", "/search/"])
def test_rubbish_in_the_address_never_breaks_a_page(market: SmallMarket, path: str, query: dict[str, str]):
    assert Client().get(path, query).status_code == 200


def test_a_page_says_what_it_left_out(market: SmallMarket, client: Client):
    page = client.get("/c/goods/?color=puce").content.decode()
    assert "Some filters in this address are unknown and were left out." in page
    assert client.get("/c/nothing-of-the-kind/").status_code == 404


def test_applied_filters_are_links_without_them(market: SmallMarket, client: Client):
    listing = client.get("/c/goods/?color=teal&size=m&price_max=18&sort=price").context["listing"]
    assert [(chip.label, chip.url) for chip in listing.chips] == [
        ("Teal", "?sort=price&size=m&price_max=18"),
        ("M", "?sort=price&color=teal&price_max=18"),
        ("Up to $18", "?sort=price&color=teal&size=m"),
    ]
    assert listing.url == "?sort=price&color=teal&size=m&price_max=18"
    assert listing.clear_url == "?sort=price"


def test_subcategories_count_what_their_page_shows(market: SmallMarket, client: Client):
    listing = client.get("/c/goods/?color=teal&stock=in").context["listing"]
    assert len(listing.subcategories) == 2
    for child in listing.subcategories:
        assert client.get(child.url).context["listing"].total_text == child.count_text


def test_the_form_offers_counts_and_keeps_choices(market: SmallMarket, client: Client):
    groups = {group.name: group for group in client.get("/c/goods/?color=teal").context["listing"].groups}
    assert list(groups) == ["color", "size", "condition", "stock", "city", "channel"]
    assert [(o.value, o.label, o.count, o.is_chosen) for o in groups["color"].options] == [
        ("teal", "Teal", 6, True),
        ("red", "Red", 12, False),
    ]
    assert sum(option.count for option in groups["channel"].options) == 6
