"""What a search may become while its last word is still typed: categories, channels, popular products."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from sellers.models import Channel, Product
from shop.lexemes import lexemes_of
from shop.measures import read_tokens
from shop.names import find_categories, find_channels
from shop.plans import MOST_LETTERS, MOST_WORDS
from shop.ranking import by_words
from shop.text import normalize

RARE = 3000  # documents that a word is in: they are looked at, else the popular ones are
MOST_LOOKED_AT = 3000  # popular products that are looked through for common words
MOST_FORMS = 30

# How many documents have the typed words, the last of them only begun, and stems of words that begin so but whose stem
# does not ("runnin": run).
_KNOWN = """
SELECT (SELECT sum(documents) FROM shop_searchterm WHERE lexeme LIKE %(begun)s AND market = %(market)s),
    ARRAY(SELECT DISTINCT lexeme FROM shop_searchword WHERE word LIKE %(begun)s AND lexeme NOT LIKE %(begun)s LIMIT {most}),
    (SELECT min(documents) FROM shop_searchterm WHERE lexeme = ANY(%(whole)s) AND market = %(market)s)
"""
_RARE = """
SELECT p.id FROM (
    SELECT product_id FROM {documents} WHERE d.is_listed AND d.market = %s LIMIT {most}
) found JOIN sellers_product p ON p.id = product_id ORDER BY p.popularity DESC, p.id DESC LIMIT %s
"""
_COMMON = """
SELECT p.id FROM (
    SELECT id FROM sellers_product WHERE is_listed AND market = %s ORDER BY popularity DESC, id DESC LIMIT {most}
) p, LATERAL (SELECT 1 FROM shop_searchdocument WHERE product_id = p.id AND (vector @@ %s::tsquery) IS TRUE) d LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Suggestions:
    categories: list[Any] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.categories or self.channels or self.products)


def suggest(prefix: str, market: str, *, limit: int = 5) -> Suggestions:
    """What has the words typed so far, the last of them perhaps only begun, popular products first.

    Four queries at most, on an index each.
    """
    words = normalize(prefix[:MOST_LETTERS]).split()[:MOST_WORDS]
    if sum(map(len, words)) < 2:
        return Suggestions()
    products = find_products(prefix[:MOST_LETTERS], market, limit)
    return Suggestions(find_categories(words, 3), find_channels(words, market, 3), products)


def find_products(prefix: str, market: str, limit: int) -> list[Product]:
    """Visible products in whose title, category, brand or channel the words stand, most popular first."""
    typed = [token.word for token in read_tokens(prefix)][:MOST_WORDS]
    lexemes = lexemes_of(typed)
    whole, begun = [lexemes[word] for word in typed[:-1]], typed[-1]
    given = {"begun": f"{begun}%", "market": market, "whole": whole}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN.format(most=MOST_FORMS), given)
        documents, forms, rarest = cursor.fetchone()
        tsquery = _tsquery(whole, begun, forms)
        ids: list[int] = []
        if min(documents or 0, RARE if rarest is None else rarest) > RARE:
            cursor.execute(_COMMON.format(most=MOST_LOOKED_AT), [market, tsquery, limit])
            ids = [pk for (pk,) in cursor.fetchall()]
        if len(ids) < limit:
            cursor.execute(_RARE.format(documents=by_words("%s"), most=RARE), [tsquery, market, limit])
            ids = [pk for (pk,) in cursor.fetchall()]
    products = Product.objects.listed().select_related("cover", "channel", "category").in_bulk(ids)
    return [products[pk] for pk in ids if pk in products]


def _tsquery(whole: Sequence[str], begun: str, forms: Sequence[str]) -> str:
    last = " | ".join([f"'{begun}':*ABC", *(f"'{lexeme}':ABC" for lexeme in forms)])
    return " & ".join([*(f"'{lexeme}':ABC" for lexeme in whole), f"({last})"])
