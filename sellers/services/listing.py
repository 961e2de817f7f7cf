"""Keeps the columns of products that repeat facts of post, channel and variants, so that lists read one table."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection, transaction

from sellers import selectors, signals
from sellers.models import Channel, Product

CHUNK = 1000

# Terms are one flat array per product: what shoppers filter by, counted by one unnest. A city's slug is made by
# Python (slugify knows Unicode); all else is in the database already.
_REFRESH = """
UPDATE sellers_product AS product SET
    market = channel.market,
    currency = facts.currency,
    is_listed = post.state = 'published' AND channel.state IN ('open', 'holiday'),
    published_at = post.published_at,
    cover_id = (SELECT picture_id FROM sellers_postpicture WHERE post_id = post.id ORDER BY position LIMIT 1),
    version = product.version + 1,
    facet_terms = ARRAY(
        SELECT DISTINCT term::varchar(120) FROM (
            SELECT 'channel:' || channel.id AS term
            UNION ALL SELECT 'condition:' || product.condition
            UNION ALL SELECT 'city:' || facts.city
            UNION ALL SELECT 'stock:order' WHERE product.stock IS NULL
            UNION ALL SELECT 'stock:in' WHERE product.stock > 0
            UNION ALL SELECT 'category:' || step.id FROM jsonb_array_elements_text(category.path) AS step (id)
            UNION ALL SELECT key || ':' || value FROM jsonb_each_text(product.attributes) WHERE key = ANY(%(facets)s)
            UNION ALL SELECT key || ':' || value FROM sellers_variant AS variant, jsonb_each_text(variant.options)
                WHERE variant.product_id = product.id AND key = ANY(%(facets)s)
        ) AS terms ORDER BY 1
    )
FROM sellers_post AS post, sellers_channel AS channel, sellers_category AS category,
    unnest(%(channels)s::bigint[], %(cities)s::text[], %(currencies)s::text[]) AS facts (id, city, currency)
WHERE product.id = ANY(%(ids)s) AND post.id = product.post_id AND channel.id = product.channel_id
    AND category.id = product.category_id AND facts.id = channel.id
RETURNING product.id, product.is_listed
"""
# Whoever changes many products takes their rows in this order; the popularity of shop.services does too.
_LOCK = "SELECT id, is_listed FROM sellers_product WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_COUNT = """
UPDATE sellers_channel SET product_count =
    (SELECT count(*) FROM sellers_product WHERE channel_id = sellers_channel.id AND is_listed)
WHERE id = ANY(%s)
"""


def in_chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _facet_slugs() -> list[str]:
    return [slug for slug, attribute in selectors.get_category_tree().attributes.items() if attribute.is_facet]


def _refresh_chunk(ids: list[int], facets: list[str]) -> set[int]:
    """Writes one chunk; returns its channels."""
    channels = list(Channel.objects.filter(products__in=ids).distinct().only("id", "city", "market").order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [ids])
        before = {pk for pk, is_listed in cursor.fetchall() if is_listed}
        cursor.execute(
            _REFRESH,
            {
                "ids": ids,
                "facets": facets,
                "channels": [channel.pk for channel in channels],
                "cities": [channel.city_slug for channel in channels],
                "currencies": [channel.currency for channel in channels],
            },
        )
        hidden = before - {pk for pk, is_listed in cursor.fetchall() if is_listed}
    transaction.on_commit(lambda: signals.products_changed.send(Product, product_ids=ids))
    if hidden:
        transaction.on_commit(lambda: signals.products_hidden.send(Product, product_ids=sorted(hidden)))
    return {channel.pk for channel in channels}


@transaction.atomic
def refresh_listing(product_ids: Iterable[int]) -> None:
    """Recomputes the repeated columns of these products and their channels' counts; each gets a new version.

    Callers hold the channels' locks (or are alone); ids may be a stream, memory stays flat.
    """
    facets = _facet_slugs()
    touched: set[int] = set()
    for ids in in_chunks(product_ids):
        touched |= _refresh_chunk(ids, facets)
    if touched:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [sorted(touched)])


def refresh_channel(channel_id: int) -> None:
    """refresh_listing of all products of a channel."""
    refresh_listing(Product.objects.filter(channel=channel_id).order_by("pk").values_list("pk", flat=True).iterator())
