"""Search finds what is there in whatever spelling, at once, and never what is hidden."""

import math
import random
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sellers import services as sellers
from sellers.models import Category, Product
from shop import search
from shop.facets import SECONDS_FOUND, Filters
from shop.models import SearchDocument, SearchTitle
from shop.plans import KEPT_SECONDS_MENDED
from shop.spelling import near_misses, slip_cost, slips_allowed
from shop.text import normalize
from shop.views.search import FRESH_SECONDS
from tests.factories import make_channel, make_product_post

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _ids(query: str, market: str = "us", **options) -> list[int]:
    return [row.id for row in search.search(query, market, **options).products.rows]


# --- spelling


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("كتاب‌هاي قديمي", "کتاب های قدیمی"),
        ("ۀ ة أحمد إسلام آب مؤمن", "ه ه احمد اسلام اب مومن"),
        ("مُدَرِّس ــ ســـلام", "مدرس سلام"),
        ("۱۲۳ ٤٥٦ 78", "123 456 78"),
        ("ﻛﺘﺎﺏ", "کتاب"),
        ("Café CRÈME straße", "cafe creme strasse"),
        ("f/2.8 16-35mm", "f 2 8 16 35mm"),
        ("Women’s don't", "womens dont"),
        ("紅色茶壺 tea", "紅色 色茶 茶壺 tea"),
        ("\u200fسلام\u200e", "سلام"),
        ("", ""),
    ],
)
def test_folding(written: str, folded: str):
    assert normalize(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str):
    assert normalize(normalize(text)) == normalize(text)


VARIANTS = {
    "ی": "یيىﻲ", "ک": "کكﻚ", "ه": "هةۀ", "ا": "اأإآ", "و": "وؤ", " ": " \u200c", "0": "0۰٠", "1": "1۱١", "2": "2۲٢",
}  # fmt: skip


def spelling(dice: random.Random, text: str) -> str:
    """One way people write this: Arabic or Persian letters and digits, half-spaces, vowel signs, stretched letters."""
    letters = []
    for letter in text:
        letters.append(dice.choice(VARIANTS.get(letter, letter)))
        if letter.isalpha():
            letters.append(dice.choice(("", "", "", "\u064e", "\u0640", "\u200f")))
    return "".join(letters)


QUERIES = ("کتاب خانه قدیمی", "گوشی 12", "کیک یزدی 120", "کیک 120 گرم")


@pytest.fixture
def lists(iranian_things) -> dict[str, list[int]]:
    """What each query finds as it is written here."""
    return {query: _ids(query, "ir") for query in QUERIES}


@QUICK
@given(query=st.sampled_from(QUERIES), dice=st.randoms(use_true_random=False))
def test_every_spelling_gives_the_identical_list(lists, query, dice):
    assert _ids(spelling(dice, query), "ir") == lists[query] != []


@pytest.fixture
def iranian_things(db: None, indexed) -> None:
    channel = make_channel(market="ir", language="fa", city="یزد")
    with indexed():
        for title in ("كتاب‌خانهٔ قديمي", "کتاب آشپزی", "گوشی ۱۲", "گوشي 12 نو", "کیک یزدی ۱۲۰ گرم", "خانه‌ی کتاب قدیمی"):
            make_product_post(channel, title=title, price_minor=500_000)


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("teapot", "teapot", 0), ("teapot", "teapto", 0.8), ("teapot", "teappot", 0.6), ("teapot", "teaput", 0.7),
        ("teapot", "teapod", 1), ("teapot", "tepto", 1.6), ("teapot", "pot", math.inf), ("bowl", "bawls", math.inf),
        ("bowl", "bawl", 0.7),
    ],
)  # fmt: skip
def test_what_slips_cost(one: str, other: str, cost: float):
    assert slip_cost(one, other) == pytest.approx(cost)


WORD = st.text(st.sampled_from("abcde"), min_size=1, max_size=9)


@given(WORD, WORD)
def test_words_within_the_allowed_slips_share_a_near_miss(one: str, other: str):
    if slip_cost(one, other) < math.inf and slips_allowed(one) == slips_allowed(other):
        assert set(near_misses(one)) & set(near_misses(other))


@pytest.mark.parametrize("typed", ["taepot", "teapto", "teapt", "teappot", "teepot", "teapots"])
def test_a_slip_finds_what_was_meant(channel, indexed, typed: str):
    with indexed():
        post = make_product_post(channel, title="Ruby teapot")
        make_product_post(channel, title="Blue bowl")
    found = search.search(typed, "us")
    assert [row.id for row in found.products.rows] == [post.product.pk]
    assert found.corrected == ("" if typed == "teapots" else "teapot")


def test_words_the_market_knows_are_left_alone(channel, indexed):
    with indexed():
        bowl = make_product_post(channel, title="Blue bowl")
        make_product_post(channel, title="Blue bowls bow")
        bow = make_product_post(channel, title="Red bow")
    assert bow.product.pk in _ids("bow")
    assert bowl.product.pk not in _ids("bow")
    assert search.search("bow", "us").corrected == ""


def test_models_and_numbers_are_not_corrected(channel, indexed):
    with indexed():
        make_product_post(channel, title="Camera ef70 750")
    assert _ids("ef71") == _ids("751") == []


# --- what is found


def test_all_words_first_else_any(channel, indexed):
    with indexed():
        both = make_product_post(channel, title="Ruby teapot").product.pk
        one = make_product_post(channel, title="Ruby ring").product.pk
    assert _ids("ruby teapot") == [both, one]
    assert [_ids("ruby teapot", sort=sort) for sort in ("popular", "newest", "price")] == [[both]] * 3
    found = search.search("ruby lampshade", "us")
    assert {row.id for row in found.products.rows} == {both, one}
    assert (found.is_loose, found.total) == (True, 2)


def test_english_endings_do_not_matter(channel, indexed):
    with indexed():
        pk = make_product_post(channel, title="Running shoes").product.pk
    assert _ids("shoe run") == _ids("RUNS shoes") == [pk]


def test_the_title_weighs_more_than_the_text(channel, indexed):
    with indexed():
        said = make_product_post(channel, title="Wooden tray", text="Goes well with a teapot.").product.pk
        named = make_product_post(channel, title="Teapot").product.pk
    assert _ids("teapot") == [named, said]


def test_category_attributes_brand_and_channel_count_too(taxonomy, indexed):
    channel = make_channel(name="Saffron & Clay")
    with indexed():
        tote = Category.objects.get(slug="tote-bags")
        pk = make_product_post(
            channel, title="Arched", category=tote, attributes={"color": "teal"}, brand="Kaf"
        ).product.pk
    assert [_ids(words) for words in ("tote", "teal", "kaf", "saffron")] == [[pk]] * 4


def test_paging_by_relevance_shows_everything_once(channel, indexed):
    with indexed():
        posts = [make_product_post(channel, title=f"Cup {'tea ' * (n % 3)}{n}") for n in range(9)]
    seen, after = [], ""
    while True:
        page = search.search("cup", "us", after=after, limit=2).products
        seen += [row.id for row in page.rows]
        after = page.next_cursor
        if not after:
            break
    assert sorted(seen) == [post.product.pk for post in posts]
    assert seen == _ids("cup")


def test_filters_narrow_a_search(channel, indexed):
    with indexed():
        cheap = make_product_post(channel, title="Cup one", price_minor=900).product.pk
        make_product_post(channel, title="Cup two", price_minor=1900)
    assert _ids("cup", filters=Filters(price_max=1000)) == [cheap]


def test_another_market_is_another_shop(channel, indexed):
    with indexed():
        make_product_post(channel, title="Teapot")
    assert _ids("teapot", "eu") == []
    assert _ids("taepot", "eu") == []


@pytest.mark.parametrize("query", ["", " ", "&|!():*", "' OR 1=1 --", "\\", "💥", "a" * 500, "«»", "-", "x & y | z"])
def test_any_text_is_a_query(channel, indexed, client: Client, query: str):
    with indexed():
        make_product_post(channel)
    assert search.search(query, "us").total == 0
    assert client.get("/search/", {"q": query}).status_code == 200
    assert client.get("/search/suggest/", {"q": query}).status_code == 200


# --- kept right


def test_hidden_things_vanish_at_once(channel, seller):
    post = make_product_post(channel, title="Teapot")
    search.index_products([post.product.pk])
    assert _ids("teapot") == [post.product.pk]
    sellers.suspend_channel(channel=channel, by=seller, reason="because")  # no callback runs: the index is as it was
    assert _ids("teapot") == []
    assert not search.suggest("teap", "us")


def test_a_late_reading_of_the_index_brings_nothing_back(channel, seller, indexed):
    with indexed():
        post = make_product_post(channel, title="Teapot", price_minor=900)
    assert _ids("teapot", filters=Filters(price_max=1000)) == [post.product.pk]
    Product.objects.filter(pk=post.product.pk).update(price_minor=1900, popularity=7)  # whoever writes it
    document = SearchDocument.objects.get()
    assert (document.price_minor, document.popularity, document.market) == (1900, 7, "us")
    assert _ids("teapot", filters=Filters(price_max=1000)) == []
    sellers.suspend_channel(channel=channel, by=seller, reason="because")
    search.index_products([post.product.pk])
    document.refresh_from_db()
    assert (document.is_listed, document.facet_terms) == (False, Product.objects.get().facet_terms)
    assert search.search("teapot", "us").total == 0


def test_a_new_thing_is_found_though_its_words_were_looked_for_just_before(channel, indexed):
    with indexed():
        rack = make_product_post(channel, title="Latern rack").product.pk
    assert (_ids("lantern"), _ids("zither"), _ids("blue zither")) == ([rack], [], [])
    with indexed():
        lantern, zither = (make_product_post(channel, title=title).product.pk for title in ("Lantern", "Blue zither"))
    assert (_ids("zither"), _ids("blue zither")) == ([zither], [zither])
    assert _ids('"lantern"') == [lantern]
    assert max(KEPT_SECONDS_MENDED, SECONDS_FOUND, FRESH_SECONDS) < 5  # what is kept of mended words, counts, pages


def test_the_index_follows_an_edit(channel, indexed):
    with indexed():
        post = make_product_post(channel, title="Teapot")
    data = replace(sellers.data_of(post.product), title="Lantern")
    pictures = [(each.picture, each.alt) for each in post.pictures.order_by("position")]
    with indexed():
        sellers.edit_post(
            post=post, by=post.author, expected_version=post.version, text="", pictures=pictures, product=data
        )
    assert (_ids("teapot"), _ids("lantern")) == ([], [post.product.pk])


def test_the_index_follows_a_channels_name(channel, seller, indexed):
    with indexed():
        post = make_product_post(channel, title="Teapot")
    with indexed():
        sellers.update_channel(channel=channel, by=seller, name="Niloofar Silver")
    assert _ids("niloofar") == [post.product.pk]
    assert search.search("niloofar", "us").channels == [channel]


def test_an_older_reading_does_not_overwrite_a_newer_one(channel):
    post = make_product_post(channel, title="Teapot")
    search.index_products([post.product.pk])
    SearchDocument.objects.update(version=99, size=7)
    SearchTitle.objects.update(words="newer")
    search.index_products([post.product.pk])
    assert (SearchDocument.objects.get().size, SearchTitle.objects.get().words) == (7, "newer")


def test_what_no_news_told_is_found_by_the_sweep(channel):
    posts = [make_product_post(channel, title=f"Teapot {n}") for n in range(3)]
    search.index_products([posts[0].product.pk])
    assert search.index_missed() == 2
    assert search.index_missed() == 0
    sellers.set_stock(product=posts[1].product, by=posts[1].author, stock=7)
    assert search.index_missed() == 1


def test_the_whole_index_can_be_made_anew(channel, capsys):
    posts = [make_product_post(channel, title=f"Teapot {n}") for n in range(3)]
    call_command("reindex_search")
    assert capsys.readouterr().out == "3 products indexed.\n"
    assert sorted(_ids("taepot")) == [post.product.pk for post in posts]
