"""What must come first: tables of queries in three languages over the texts of the demo market."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from core.markets import MARKETS
from demo import content, shelf
from sellers.models import Category, Channel, Post, Product
from shop import search
from shop.search_tables import Row, run_table

TABLES = Path(__file__).with_name("relevance")
PLACES = {"en": "us", "fa": "ir", "zh": "tw"}


def _write(text: content.MarketText) -> Iterator[tuple[int, str]]:
    """The texts' products in bulk, without what search does not read; their ids and keys."""
    for said in text.channels:
        channel = Channel.objects.create(
            handle=said.handle, name=said.name, tagline=said.tagline, city=said.city, market=text.market,
            language=text.language, state="open",
        )  # fmt: skip
        posts = Post.objects.bulk_create(
            Post(channel=channel, text=each.text, state="published", published_at=timezone.now())
            for each in said.products
        )
        categories = {each.slug: each for each in Category.objects.all()}
        products = Product.objects.bulk_create(
            Product(
                post=post, channel=channel, category=categories[each.category], title=each.title,
                attributes=each.attributes, price_minor=each.price, currency=MARKETS[text.market].currency,
                market=text.market, is_listed=True, published_at=timezone.now(),
            )
            for post, each in zip(posts, said.products, strict=True)
        )  # fmt: skip
        for product, each in zip(products, said.products, strict=True):
            yield product.pk, each.key if "/" in each.key else f"{said.key}/{each.key}"


@pytest.fixture
def keys(taxonomy) -> list[tuple[str, str, int]]:
    """Language, key and id of every product."""
    texts = {"en": content.load("en"), "fa": content.load("fa"), "zh": shelf.load_taiwan()}
    keys = [(language, key, pk) for language, text in texts.items() for pk, key in _write(text)]
    search.index_products(pk for _language, _key, pk in keys)
    search.count_words()
    return keys


def test_what_must_come_first_does(keys):
    ids = {(PLACES[language], key): pk for language, key, pk in keys}
    for language, market in PLACES.items():
        with (TABLES / f"{language}.tsv").open(encoding="utf-8") as file:
            lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
        rows = [Row(query, tuple(str(ids[market, key]) for key in wanted.split())) for query, wanted in lines]
        assert len(rows) >= (30 if language == "en" else 60)
        outcomes = run_table(rows, market)
        assert [(each.row.query, str(each.first)) for each in outcomes if not each.is_right] == []
