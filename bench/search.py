#!/usr/bin/env python3
"""How well search finds what people judged: nDCG@10, the share of queries that find nothing, times.

`make bench-search PRODUCTS=products.tsv JUDGMENTS=judgments.tsv`, or `.venv/bin/python -m bench.search PRODUCTS
JUDGMENTS [--half a|b] [--market us] [--worst 20]`. Products have a header and the columns product_id, title and perhaps
brand, description, attributes; judgments query, product_id, relevance. They are written in bulk into a database of
the bench's own, indexed by the site's own code and asked through ``shop.search.search``, each query once and cold.
Gain is ``2 ** (relevance - lowest) - 1``. *Strict*: what nobody judged counts 0; *condensed*: it is taken out of the
first hundred. *Typos*: queries with a word that the catalogue does not know. Settings are tuned on one half of the
queries (``--half a``) and told by the other.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
FIRST, LOOKED_AT = 10, 100
TITLE, BRAND, TEXT = 150, 80, 4000  # letters of a product's fields


@dataclass(frozen=True, slots=True)
class Answer:
    strict: float
    condensed: float
    is_empty: bool
    has_unknown_word: bool
    milliseconds: float


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("products", type=Path)
    parser.add_argument("judgments", type=Path)
    parser.add_argument("--half", choices=("a", "b"), help="only one half of the queries")
    parser.add_argument("--market", default="us")
    parser.add_argument("--home", type=Path, help="keep the data here for the next time")
    parser.add_argument("--worst", type=int, default=0, help="print so many queries that are answered worst")
    return parser.parse_args()


def start_django(home: Path, buffers: str = "256MB") -> None:
    from core import embedded

    servers = embedded.start(home, durable=False, environment={}, buffers=buffers)
    os.environ |= servers.environment()
    os.environ |= {
        "BISAT_ENV": "development", "BISAT_VAR": str(home), "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    owner = os.environ | {"DATABASE_URL": servers.owner_url}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=owner, cwd=BASE, check=True)
    import django

    django.setup()


def read_table(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10**8)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield {key: value or "" for key, value in row.items() if key}


def read_judgments(path: Path) -> dict[str, dict[str, float]]:
    """Gains by query and product."""
    rows = [(row["query"], row["product_id"], float(row["relevance"])) for row in read_table(path)]
    lowest = min(grade for _query, _product, grade in rows)
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    for query, product, grade in rows:
        gains[query][product] = 2 ** (grade - lowest) - 1
    return gains


def fill(products: Sequence[dict[str, str]], market: str) -> dict[int, str]:
    """Writes the products in bulk; returns their own ids by ours."""
    from django.utils import timezone

    from core.markets import MARKETS
    from sellers.models import Category, Channel, Post, Product

    now, place = timezone.now(), MARKETS[market]
    channel = Channel.objects.create(
        handle="b", name="-", tagline="-", city="-", market=market, language=place.language, state="open"
    )
    category = Category.objects.create(slug="b", name="-")
    category.path = [category.pk]
    category.save(update_fields=["path"])
    names: dict[int, str] = {}
    for rows in (products[i : i + 2000] for i in range(0, len(products), 2000)):
        posts = Post.objects.bulk_create(
            Post(channel=channel, state="published", published_at=now, text=_text(row)[:TEXT]) for row in rows
        )
        made = Product.objects.bulk_create(
            Product(
                post=post, channel=channel, category=category, title=row["title"][:TITLE], price_minor=100,
                currency=place.currency, brand=row.get("brand", "")[:BRAND],
                specifications={"-": row["attributes"]} if row.get("attributes") else {},
                market=market, is_listed=True, published_at=now, facet_terms=[f"category:{category.pk}"],
            )
            for row, post in zip(rows, posts, strict=True)
        )  # fmt: skip
        names |= {product.pk: row["product_id"] for product, row in zip(made, rows, strict=True)}
    return names


def kept_names(path: Path) -> dict[int, str]:
    """What an earlier run with the same ``--home`` wrote: products were written in the order of their file."""
    from sellers.models import Product

    ids = Product.objects.order_by("pk").values_list("pk", flat=True)
    return dict(zip(ids, (row["product_id"] for row in read_table(path)), strict=True)) if ids else {}


def _text(row: dict[str, str]) -> str:
    """What a field has no room for is text too."""
    parts = [row["title"][TITLE:], row.get("brand", "")[BRAND:], row.get("description", "")]
    return " ".join(part for part in parts if part)


def analyze() -> None:
    """What autovacuum does in time; only the owner may."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as link:
        link.execute("VACUUM ANALYZE")


def index(names: dict[int, str]) -> None:
    from shop import search

    search.index_products(names)
    search.count_words()
    analyze()


def ndcg(found: Sequence[str], gains: dict[str, float]) -> float:
    def sum_of(values: Sequence[float]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(values[:FIRST]))

    ideal = sum_of(sorted(gains.values(), reverse=True))
    return sum_of([gains.get(each, 0.0) for each in found]) / ideal if ideal else 0.0


def ask(query: str, gains: dict[str, float], names: dict[int, str], market: str) -> Answer:
    from django.core.cache import cache

    from shop import search

    cache.clear()
    start = time.perf_counter()
    found = search.search(query, market, limit=FIRST)
    milliseconds = (time.perf_counter() - start) * 1000
    strict = [names[row.id] for row in found.products.rows]
    more = [names[row.id] for row in search.search(query, market, limit=LOOKED_AT).products.rows]
    return Answer(
        ndcg(strict, gains),
        ndcg([each for each in more if each in gains], gains),
        not strict,
        search.has_unknown_word(query, market),
        milliseconds,
    )


def in_half(query: str, half: str | None) -> bool:
    return half is None or (hashlib.md5(query.encode(), usedforsecurity=False).digest()[-1] % 2 == 0) == (half == "a")


def report(answers: Sequence[Answer]) -> None:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values) if values else float("nan")

    took = [each.milliseconds for each in answers]
    times = statistics.quantiles(took if len(took) > 1 else took * 2, n=100)
    typos = [each.strict for each in answers if each.has_unknown_word]
    print(f"queries {len(answers)}")
    print(f"nDCG@10 {mean([each.strict for each in answers]):.4f}")
    print(f"condensed {mean([each.condensed for each in answers]):.4f}")
    print(f"typo queries {len(typos)}, nDCG@10 of these {mean(typos):.4f}")
    print(f"zero results {100 * mean([each.is_empty for each in answers]):.2f} %")
    print(f"p50 {times[49]:.1f} ms  p95 {times[94]:.1f} ms  p99 {times[98]:.1f} ms")


def main() -> None:
    given = arguments()
    home = given.home or Path(tempfile.mkdtemp(prefix="bisat-bench-"))
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    try:
        run(given, home)
    finally:
        from core import embedded

        embedded.stop(home)
        if not given.home:
            shutil.rmtree(home, ignore_errors=True)


def run(given: argparse.Namespace, home: Path) -> None:
    start_django(home)
    judgments = read_judgments(given.judgments)
    names = kept_names(given.products)
    if not names:
        names = fill(list(read_table(given.products)), given.market)
        start = time.monotonic()
        index(names)
        print(f"documents {len(names)}, indexed in {time.monotonic() - start:.1f} s", flush=True)
    asked: dict[str, Any] = {query: gains for query, gains in judgments.items() if in_half(query, given.half)}
    answers = {query: ask(query, gains, names, given.market) for query, gains in asked.items()}
    report(list(answers.values()))
    for query in sorted(answers, key=lambda each: answers[each].condensed)[: given.worst]:
        print(f"  {answers[query].strict:.2f} {answers[query].condensed:.2f} {query}")


if __name__ == "__main__":
    main()
