"""What stands around a search: channels, categories, suggestions, the page itself."""

from dataclasses import replace

import pytest
from django.test import Client

from sellers.models import Product
from shop import facets, search, services, suggestions
from shop.text import normalize
from tests.factories import make_category, make_channel, make_product_post


def test_channels_and_categories_are_found_by_how_they_begin(taxonomy, indexed):
    with indexed():
        persian = make_channel(name="قهوه‌ي كاف", market="ir", language="fa")
        english = make_channel(name="Kaf Studio", handle="kaf_studio")
        make_channel(name="Kafka", state="draft")
    assert search.find_channels(normalize("قهوهٔ کاف").split(), "ir") == [persian]
    assert search.find_channels(["kaf", "stu"], "us") == [english]
    assert [str(node) for node in search.find_categories(["tote"])] == ["Tote bags"]


def test_suggestions_come_for_two_letters_and_in_order_of_popularity(taxonomy, channel, indexed):
    with indexed():
        posts = [make_product_post(channel, title=f"Teapot {n}") for n in range(2)]
    Product.objects.filter(pk=posts[0].product.pk).update(popularity=5)
    assert [product.pk for product in search.suggest("teap", "us").products] == [post.product.pk for post in posts]
    assert not search.suggest("t", "us")
    assert not search.suggest("eapot", "us")


def test_suggestions_are_the_same_however_they_are_found(channel, indexed):
    with indexed():
        shoes = make_product_post(channel, title="Running shoes", text="Not for a teapot.").product.pk
        teapot = make_product_post(channel, title="Red teapot").product.pk
    search.count_words()
    services.refresh_popularity()
    for words, found in {"runnin": [shoes], "red tea": [teapot], "teap": [teapot]}.items():
        typed = suggestions.read_typed(words, "us")
        assert suggestions.find_among_all(typed, 5, most=100) == found
        assert suggestions.find_among_popular(typed, 5) == found
        assert suggestions.find_by_popularity(typed, 5) == found
        for documents, total in ((1, 10), (10_000, 1_000_000), (10_000, 10_000)):  # rare, common, everywhere
            assert suggestions.find_ids(replace(typed, documents=documents, total=total), 5) == found
        assert [each.pk for each in search.suggest(words, "us").products] == found


def test_counts_that_are_partial_say_so(channel, client: Client, indexed, monkeypatch):
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    with indexed():
        for condition in ("new", "used", "used"):
            make_product_post(channel, title="Teapot", condition=condition)
    assert "2+" in client.get("/search/?q=teapot").content.decode()


def test_a_page_without_results_offers_categories_and_trending(taxonomy, channel, client: Client, indexed):
    with indexed():
        make_product_post(channel, title="Teapot")
    page = client.get("/search/?q=zzzzz").content.decode()
    assert "No thing matches these words" in page
    assert page.count('<li class="product') == 1
    assert page.count('class="story') >= 1


def test_the_page_says_how_it_read_the_words(channel, client: Client, indexed):
    with indexed():
        make_product_post(channel, title="Teapot")
    page = client.get("/search/?q=taepot").content.decode()
    assert 'results for <b dir="auto">teapot</b>' in page
    assert 'name="q" value="taepot"' in page


@pytest.mark.parametrize(("things", "guest", "person"), [(1, 2, 4), (3, 2, 4)])
def test_a_warm_search_costs_few_queries(
    things, guest, person, channel, indexed, shopper_client, django_assert_num_queries
):
    with indexed():
        for n in range(things):
            make_product_post(channel, title=f"Teapot {n}", category=make_category(slug=f"pots-{n}"))
    for client, queries in ((Client(), guest), (shopper_client, person)):
        client.get("/search/?q=teapot")
        with django_assert_num_queries(queries):
            assert client.get("/search/?q=teapot").content.decode().count('<li class="product') == things
