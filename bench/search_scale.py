#!/usr/bin/env python3
"""How fast search is in a large market: results with two filters and facets, suggestions, while products change.

`make bench-search-scale`, or `.venv/bin/python -m bench.search_scale [--docs 1500000] [--queries 400] [--home DIR]
[--catalogue FILE.csv]`. Documents are made by SQL from the words of real titles: the beginning of one and the end of
another, prices, categories, colors and popularity by chance. Queries are two to four words of such a title, one in
five with a slip. Each is asked once, cold: plan, first page, facets. Meanwhile fifty products a second change and are
indexed again by a process of their own. Without a catalogue beside the checkout the words are made up.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.search import BASE, analyze, start_django

CATALOGUE = BASE.parent / "shared/data/catalogue/electronics.csv"
CHUNK, CHANNELS, CATEGORIES, COLORS = 50_000, 200, 24, ("black", "white", "red", "blue", "teal", "green")
CHANGES = 50  # a second
BUFFERS = "2GB"  # what PostgreSQL keeps in memory: such a market is not run on the usual 256 MB
MUSTS = "musts: p50 <= 10 ms, p95 <= 50 ms with two filters and facets; suggestions p95 <= 10 ms. goals: 5 and 25 ms"

_POSTS = """
INSERT INTO sellers_post (id, channel_id, text, state, published_at, in_feed, version, like_count, created_at)
SELECT n, %(channel)s + n %% %(channels)s, '', 'published', now() - n * interval '1 second', TRUE, 1, 0, now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_PRODUCTS = """
INSERT INTO sellers_product (id, post_id, channel_id, category_id, title, price_minor, currency, stock, condition,
    attributes, specifications, brand, delivery, returns, external_id, market, is_listed, published_at, facet_terms,
    popularity, version)
SELECT n, n, %(channel)s + n %% %(channels)s, category, words, 100 + (random() * 50000)::int, 'USD', 5, 'new',
    '{}', '{}', '', '', '', '', 'us', TRUE, now() - n * interval '1 second',
    ARRAY['category:' || category, 'color:' || (%(colors)s::text[])[1 + (n * 7) %% %(count)s], 'condition:new', 'stock:in'],
    CASE WHEN n %% 10 = 0 THEN (extract(epoch FROM now()) / 0.2592)::bigint - (random() * 2e7)::bigint ELSE 0 END, 1
FROM (SELECT n, %(category)s + (n * 13) %% %(categories)s AS category,
        left(array_to_string(a.words[:5] || b.words[4:8], ' '), 150) AS words
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    JOIN bench_title a ON a.id = n %% %(titles)s JOIN bench_title b ON b.id = (n * 7919 + n / %(titles)s) %% %(titles)s) made
"""
_DOCUMENTS = """
WITH made AS (
    SELECT n, a.words[:5] || b.words[4:8] AS words, a.lexemes[:5] || b.lexemes[4:8] AS lexemes,
        array_to_string(a.named[:5] || b.named[4:8], ' ') AS named
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    JOIN bench_title a ON a.id = n %% %(titles)s JOIN bench_title b ON b.id = (n * 7919 + n / %(titles)s) %% %(titles)s
), titles AS (
    INSERT INTO shop_searchtitle (product_id, words, lexemes, noun)
    SELECT n, array_to_string(words, ' '), array_to_string(lexemes, ' '), cardinality(words) - 1 FROM made
)
UPDATE shop_searchdocument SET version = 1, size = cardinality(words), vector = named::tsvector FROM made WHERE product_id = n
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=int, default=1_500_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE)
    parser.add_argument("--home", type=Path, help="keep the data here for the next time")
    return parser.parse_args()


def titles_of(catalogue: Path) -> list[str]:
    if catalogue.exists():
        with catalogue.open(encoding="utf-8", newline="") as file:
            return [row["title"] for row in csv.DictReader(file)]
    dice = random.Random(1)
    words = ["".join(dice.choices("abdeiklmnorstu", k=dice.randint(3, 9))) for _ in range(8000)]
    return [" ".join(words[int(8000 * dice.random() ** 3)] for _ in range(9)) for _ in range(12_000)]


def make_titles(titles: Sequence[str]) -> None:
    """The titles' words as search reads them, in a table of the bench."""
    from django.db import connection

    from shop import search_index
    from shop.lexemes import lexemes_of, words_of
    from shop.measures import read_tokens

    words = [words_of(read_tokens(title)) for title in titles]
    lexemes = lexemes_of(word for each in words for word in each)
    rows = [
        (n, each, stems := [lexemes[word] for word in each], [f"'{stem}':1A" for stem in stems])
        for n, each in enumerate(words)
    ]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_title (id int PRIMARY KEY, words text[], lexemes text[], named text[])")
        cursor.executemany("INSERT INTO bench_title VALUES (%s, %s, %s, %s)", rows)
    search_index._learn({word for each in words for word in each})


def fill(docs: int, titles: Sequence[str]) -> None:
    from django.db import connection

    from sellers.models import Category, Channel
    from shop import search, services

    channels = Channel.objects.bulk_create(
        Channel(handle=f"b{n}", name=f"Shop {n}", tagline="-", city="-", market="us", language="en", state="open")
        for n in range(CHANNELS)
    )
    categories = Category.objects.bulk_create(Category(slug=f"b{n}", name=f"Shelf {n}") for n in range(CATEGORIES))
    make_titles(titles)
    given: dict[str, Any] = {
        "channel": channels[0].pk, "channels": CHANNELS, "category": categories[0].pk, "categories": CATEGORIES,
        "titles": len(titles), "colors": list(COLORS), "count": len(COLORS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for first in range(1, docs + 1, CHUNK):
            part = given | {"first": first, "last": min(first + CHUNK - 1, docs)}
            for sql in (_POSTS, _PRODUCTS, _DOCUMENTS):
                cursor.execute(sql, part)
            if first % (6 * CHUNK) == 1:
                analyze()
    search.count_words()
    services.mark_popular()
    analyze()


def slip(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def make_queries(titles: Sequence[str], count: int) -> list[str]:
    dice = random.Random(7)
    queries = []
    for _ in range(count):
        words = dice.choice(titles).split()
        start = dice.randrange(max(len(words) - 3, 1))
        chosen = words[start : start + dice.randint(2, 4)]
        if dice.random() < 0.2 and chosen[0].isalpha() and len(chosen[0]) > 5:
            chosen[0] = slip(chosen[0], dice)
        queries.append(" ".join(chosen))
    return queries


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def tell(name: str, times: Sequence[float]) -> None:
    cut = statistics.quantiles(times, n=100)
    print(f"{name:44} p50 {cut[49]:6.1f}  p95 {cut[94]:6.1f}  p99 {cut[98]:6.1f} ms", flush=True)


def searches(queries: Sequence[str], *, filtered: bool) -> Iterator[float]:
    """Plan, first page and facets of each query, nothing kept."""
    from django.core.cache import cache

    from sellers.models import Category
    from shop import facets, search
    from shop.selectors.lists import Sort, get_page_and_counts

    category = Category.objects.order_by("pk")[0].pk
    chosen = (("category", (str(category),)), ("color", ("black", "white")))
    filters = facets.Filters(price_max=40_000, chosen=chosen) if filtered else facets.Filters()

    def ask(query: str) -> None:
        plan = search.plan_query(query, "us")
        scope = search.scope_of(plan, "us")
        get_page_and_counts(scope, filters, Sort.RELEVANCE, "", ("category", "condition", "color", "stock"))

    for query in queries:
        cache.clear()
        yield timed(partial(ask, query))


def suggestions(queries: Sequence[str]) -> Iterator[float]:
    from shop import search

    for query in queries:
        word = query.split()[0]
        for length in range(2, min(len(word), 6)):
            yield timed(partial(search.suggest, word[:length], "us"))


def change(docs: int, stop: Any, done: Any) -> None:
    """Changes products and indexes them again, CHANGES a second, in a process of its own."""
    import django
    from django.db import connection
    from django.db.models import F

    django.setup()
    connection.close()
    from sellers.models import Product
    from shop import search

    dice = random.Random(3)
    while not stop.is_set():
        start = time.monotonic()
        ids = [dice.randint(1, docs) for _ in range(CHANGES // 5)]
        Product.objects.filter(pk__in=ids).update(version=F("version") + 1)
        search.index_products(ids)
        done.value += len(ids)
        stop.wait(max(0.2 - (time.monotonic() - start), 0))


def sizes() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size('shop_searchdocument')), pg_size_pretty(pg_relation_size('search_found')),"
            " pg_size_pretty(pg_total_relation_size('shop_searchtitle')),"
            " pg_size_pretty(pg_total_relation_size('shop_searchword') + pg_total_relation_size('shop_searchterm'))"
        )
        print("documents {} of which the index of words {}; titles {}; words and counts {}".format(*cursor.fetchone()))


def measure(given: argparse.Namespace, titles: Sequence[str]) -> None:
    from django.db import connection

    queries = make_queries(titles, given.queries)
    list(
        searches(queries, filtered=False)
    )  # PostgreSQL's memory is as in a market that is used; ours is emptied each time
    list(suggestions(queries[:100]))
    tell("alone: search, two filters and a price, facets", list(searches(queries, filtered=True)))
    connection.close()
    stop, done = multiprocessing.Event(), multiprocessing.Value("i", 0)
    changer = multiprocessing.Process(target=change, args=(given.docs, stop, done))
    changer.start()
    start = time.monotonic()
    try:
        tell("search, facets", list(searches(queries, filtered=False)))
        tell("search, two filters and a price, facets", list(searches(queries, filtered=True)))
        tell("suggestions", list(suggestions(queries)))
    finally:
        stop.set()
        changer.join()
    print(f"changed and indexed meanwhile: {done.value / (time.monotonic() - start):.0f} products/s")


def main() -> None:
    given = arguments()
    home = given.home or Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    try:
        start_django(home, BUFFERS)
        from sellers.models import Product

        titles = titles_of(given.catalogue)
        if not Product.objects.exists():
            start = time.monotonic()
            fill(given.docs, titles)
            print(f"{given.docs:,} documents made in {time.monotonic() - start:.0f} s", flush=True)
        sizes()
        measure(given, titles)
        print(MUSTS)
    finally:
        from core import embedded

        embedded.stop(home)
        if not given.home:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
