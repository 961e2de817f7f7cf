"""Writes what search knows; shop.search is the door to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import translation

from sellers import selectors as sellers
from sellers.models import Channel, Product
from shop.models import ChannelDocument, SearchWord
from shop.text import near_misses, normalize

CHUNK = 500
_SHORTEST_WORD, _LONGEST_WORD = 3, 24

_WRITE = """
INSERT INTO shop_searchdocument (product_id, version, words, vector)
SELECT id, version, ' ' || a || ' ' || b || ' ' || c,
    setweight(to_tsvector('bisat', a), 'A') || setweight(to_tsvector('bisat', b), 'B')
    || setweight(to_tsvector('bisat', c), 'C') || setweight(to_tsvector('bisat', d), 'D')
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[]) AS x (id, version, a, b, c, d)
WHERE EXISTS (SELECT 1 FROM sellers_product WHERE id = x.id)
ON CONFLICT (product_id) DO UPDATE
SET version = excluded.version, words = excluded.words, vector = excluded.vector
WHERE shop_searchdocument.version <= excluded.version
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A product's folded words by weight: title, kind of thing, seller, what is said of it."""

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


def _document(product: Product) -> Document:
    channel, said = product.channel, [product.post.text, *map(str, product.specifications.values())]
    return Document(
        product.pk,
        product.version,
        normalize(product.title),
        normalize(_kind(product)),
        normalize(f"{channel.name} {channel.handle}"),
        normalize(" ".join(said)),
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
        documents = [_document(product) for product in products]
        if documents:
            _write(documents)
        done += len(documents)
    return done


@transaction.atomic
def _write(documents: list[Document]) -> None:
    columns: list[list[Any]] = [
        [getattr(document, name) for document in documents]
        for name in ("product_id", "version", "title", "kind", "seller", "text")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)
    _learn({word for document in documents for word in f"{document.title} {document.kind} {document.seller}".split()})


def _learn(words: set[str]) -> None:
    """Keeps words that a slip of the finger may be corrected to."""
    usable = sorted(word for word in words if word.isalpha() and _SHORTEST_WORD <= len(word) <= _LONGEST_WORD)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, near=near_misses(word)) for word in usable], ignore_conflicts=True, batch_size=1000
    )


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
