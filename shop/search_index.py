"""Writes what search knows; shop.search is the door to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import translation

from core.markets import MARKETS
from sellers import selectors as sellers
from sellers.models import Channel, Product
from shop.lexemes import lexemes_of, noun_place, words_of
from shop.measures import read_tokens
from shop.models import ChannelDocument, SearchWord
from shop.spelling import near_misses
from shop.text import normalize

CHUNK = 500
_SHORTEST_WORD, _LONGEST_WORD = 3, 24
MOST_WORDS_OF_TEXT = 400

# Documents are there from a product's first moment (shop/migrations/0003): only what is newer than they know is written.
_LOCK = "SELECT 1 FROM shop_searchdocument WHERE product_id = ANY(%s) ORDER BY product_id FOR NO KEY UPDATE"
_WRITE = """
WITH fresh AS (
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::int[], %s::int[], %s::text[])
        AS x (id, version, words, lexemes, noun, size, vector)
), written AS (
    UPDATE shop_searchdocument d SET version = fresh.version, size = fresh.size, vector = fresh.vector::tsvector
    FROM fresh WHERE d.product_id = fresh.id AND d.version <= fresh.version RETURNING d.product_id AS id
)
INSERT INTO shop_searchtitle (product_id, words, lexemes, noun) SELECT id, words, lexemes, noun FROM fresh JOIN written USING (id)
ON CONFLICT (product_id) DO UPDATE SET words = excluded.words, lexemes = excluded.lexemes, noun = excluded.noun
WHERE (shop_searchtitle.words, shop_searchtitle.lexemes, shop_searchtitle.noun)
    IS DISTINCT FROM (excluded.words, excluded.lexemes, excluded.noun)
"""
_FORGET_COUNTS = "DELETE FROM shop_searchterm WHERE market = %s"
_VECTORS = "SELECT vector FROM shop_searchdocument WHERE is_listed AND market = '{market}'"
_COUNT = """
INSERT INTO shop_searchterm (market, lexeme, documents)
SELECT %s, word, ndoc FROM ts_stat(%s) UNION ALL
SELECT %s, '', count(*) FROM shop_searchdocument WHERE is_listed AND market = %s
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A product's words by field: title, kind of thing, seller and specifications, what is said of it."""

    product_id: int
    version: int
    title: str
    kind: str
    seller: str
    text: str


def _kind(product: Product) -> str:
    """Category and attribute words in the channel's language and in English, and the brand."""
    tree = sellers.get_category_tree()
    node = tree.by_id.get(product.category_id)
    words = [product.brand]
    for language in {product.channel.language, "en"}:
        with translation.override(language):
            words += [str(step) for step in (tree.path_of(node) if node else ())]
            words += [
                tree.attributes[slug].label_of(value)
                for slug, value in product.attributes.items()
                if slug in tree.attributes
            ]
    return " ".join(str(word) for word in words)


def _source(product: Product) -> Source:
    channel = product.channel
    facts = " ".join(map(str, product.specifications.values()))
    return Source(
        product.pk,
        product.version,
        product.title,
        _kind(product),
        f"{channel.name} {channel.handle} , {facts}",
        product.post.text,
    )


def _row(source: Source, lexemes: dict[str, str], fields: Sequence[list[str]]) -> tuple[Any, ...]:
    """What is stored of a product, in the order of ``_WRITE``."""
    title, kind, seller, text = ([lexemes[word] for word in words] for words in fields)
    places = dict.fromkeys(list(dict.fromkeys(text))[:MOST_WORDS_OF_TEXT], ":1D")
    places |= (
        dict.fromkeys(seller, ":1C") | dict.fromkeys(kind, ":1B") | dict.fromkeys(title, ":1A")
    )  # its best place only
    return (
        source.product_id,
        source.version,
        " ".join(fields[0]),
        " ".join(title),
        noun_place(fields[0]),
        max(len(set(title)), 1),
        " ".join(f"'{word}'{place}" for word, place in places.items()),
    )


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def index_products(ids: Iterable[int]) -> int:
    """Brings the documents of these products up to date; returns how many were read. Run again, nothing changes."""
    done = 0
    for chunk in _chunks(ids):
        products = Product.objects.filter(pk__in=chunk).select_related("channel", "post").order_by("pk")
        sources = [_source(product) for product in products]
        if sources:
            _write(sources)
        done += len(sources)
    return done


@transaction.atomic
def _write(sources: list[Source]) -> None:
    fields = [[words_of(read_tokens(text)) for text in (s.title, s.kind, s.seller, s.text)] for s in sources]
    lexemes = lexemes_of(word for each in fields for words in each for word in words)
    rows = [_row(source, lexemes, words) for source, words in zip(sources, fields, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[source.product_id for source in sources]])
        cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
    _learn(
        {
            word
            for s in sources
            for text in (s.title, s.kind, s.seller.partition(" , ")[0])
            for word in normalize(text).split()
        }
    )


def _learn(words: set[str]) -> None:
    """Keeps words that a slip of the finger may be corrected to."""
    usable = sorted(word for word in words if word.isalpha() and _SHORTEST_WORD <= len(word) <= _LONGEST_WORD)
    known = set(SearchWord.objects.filter(word__in=usable).values_list("word", flat=True))
    fresh = [word for word in usable if word not in known]
    lexemes = lexemes_of(fresh)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, lexeme=lexemes[word], near=near_misses(word)) for word in fresh],
        ignore_conflicts=True,
        batch_size=1000,
    )


@transaction.atomic
def count_words() -> int:
    """Counts anew how common each word is in each market; returns how many were counted."""
    counted = 0
    with connection.cursor() as cursor:
        for market in MARKETS:
            cursor.execute(_FORGET_COUNTS, [market])
            cursor.execute(_COUNT, [market, _VECTORS.format(market=market), market, market])
            counted += cursor.rowcount
    return counted


def index_channels(ids: Iterable[int]) -> int:
    """Brings the documents of these channels up to date; returns how many were read."""
    channels = list(Channel.objects.filter(pk__in=list(ids)).order_by("pk"))
    ChannelDocument.objects.bulk_create(
        [
            ChannelDocument(
                channel=each, words=f" {normalize(' '.join((each.name, each.handle, each.tagline, each.city)))}"
            )
            for each in channels
        ],
        update_conflicts=True,
        unique_fields=["channel"],
        update_fields=["words"],
    )
    return len(channels)


def index_missed(limit: int = 5000) -> int:
    """Reads again what the index lacks or has in an older version, hidden products too; returns how many."""
    products = Product.objects.filter(Q(search_document=None) | ~Q(search_document__version=F("version")))
    channels = Channel.objects.filter(search_document=None)
    index_channels(channels.order_by("pk").values_list("pk", flat=True)[:limit])
    return index_products(products.order_by("pk").values_list("pk", flat=True)[:limit])
