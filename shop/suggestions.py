"""What a search may become while its last word is still typed: categories, channels, popular products."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core import planned
from core.models import Picture
from sellers.models import Category, Channel, Product
from shop.lexemes import lexemes_of
from shop.measures import read_tokens
from shop.names import find_categories, find_channels
from shop.plans import MOST_LETTERS, MOST_WORDS
from shop.ranking import by_words
from shop.selectors.lists import PICTURE
from shop.text import normalize

RARE = 1500  # documents that a word is in: they are looked at, else the popular ones of the market
FEW_LOOKED_AT = 500  # of the documents when the popular ones have not enough
EVERYWHERE = 0.02  # of a market's products: the popular ones are read one by one until there are enough
MOST_READ = 1000
MOST_FORMS = 30
MORE = 10  # looked at for each that is shown: the words may only stand in a text

# How many documents there are, how many have what was typed last, of the words before it the rarest, and stems of words
# that begin as it does though the stem does not ("runnin": run).
_KNOWN = """
SELECT (SELECT documents FROM shop_searchterm WHERE lexeme = '' AND market = %(market)s),
    (SELECT sum(documents) FROM shop_searchterm WHERE lexeme LIKE %(begun)s AND market = %(market)s),
    (SELECT min(documents) FROM shop_searchterm WHERE lexeme = ANY(%(whole)s) AND market = %(market)s),
    ARRAY(SELECT DISTINCT lexeme FROM shop_searchword WHERE word LIKE %(begun)s AND lexeme NOT LIKE %(begun)s LIMIT {most})
"""
_AMONG_ALL = """
SELECT product_id FROM (
    SELECT product_id, vector, popularity FROM (
        SELECT d.* FROM {documents} WHERE d.is_listed AND d.market = %s LIMIT {most}
    ) d ORDER BY popularity DESC, product_id DESC LIMIT %s
) best WHERE vector @@ %s::tsquery
"""
_AMONG_POPULAR = """
SELECT product_id FROM shop_searchdocument WHERE is_popular AND is_listed AND market = %s AND vector @@ %s::tsquery
ORDER BY popularity DESC, product_id DESC LIMIT %s
"""
_BY_POPULARITY = f"""
SELECT p.id FROM (
    SELECT id FROM sellers_product WHERE is_listed AND market = %s ORDER BY popularity DESC, id DESC LIMIT {MOST_READ}
) p, LATERAL (SELECT 1 FROM shop_searchdocument WHERE product_id = p.id AND (vector @@ %s::tsquery) IS TRUE) d LIMIT %s
"""  # noqa: S608 - our own text

# What one line of the list shows, written down: having the ORM write it costs more than running it.
_LINES = """
SELECT p.id, p.title, p.price_minor, p.currency, c.id, c.language, c.hue, category.id, category.icon,
    picture.id, picture.key, picture.width, picture.height, picture.widths, picture.is_private
FROM unnest(%s::bigint[]) WITH ORDINALITY AS best (id, place)
JOIN sellers_product p ON p.id = best.id
JOIN sellers_channel c ON c.id = p.channel_id
JOIN sellers_category category ON category.id = p.category_id
LEFT JOIN core_picture picture ON picture.id = p.cover_id
WHERE p.is_listed ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Suggestions:
    categories: list[Any] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.categories) + len(self.channels) + len(self.products)


def suggest(prefix: str, market: str, *, limit: int = 5) -> Suggestions:
    """What has the words typed so far, the last of them perhaps only begun, popular products first.

    Five queries at most, on an index each.
    """
    words = normalize(prefix[:MOST_LETTERS]).split()[:MOST_WORDS]
    if sum(map(len, words)) < 2:
        return Suggestions()
    products = find_products(prefix[:MOST_LETTERS], market, limit)
    return Suggestions(find_categories(words, 3), find_channels(words, market, 3), products)


def find_products(prefix: str, market: str, limit: int) -> list[Product]:
    """Visible products in whose title, category, brand or channel the words stand, most popular first."""
    typed = read_typed(prefix, market)
    return [_line(row) for row in planned.fetch(_LINES, [find_ids(typed, limit)])] if typed else []


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed as tsqueries, for any field and for those that name a thing, and how common it was last night."""

    market: str
    anywhere: str
    named: str
    documents: int  # that have all of it, at most
    total: int  # of the market


def read_typed(prefix: str, market: str) -> Typed | None:
    """None where no word stands. One query."""
    words = [token.word for token in read_tokens(prefix)][:MOST_WORDS]
    if len(words) > 1 and len(words[-1]) == 1 and words[-1].isascii():  # a letter begins half of all words
        words.pop()
    if not words:
        return None
    lexemes = lexemes_of(words)
    whole, begun = [lexemes[word] for word in words[:-1]], words[-1]
    given: dict[str, Any] = {"begun": f"{begun}%", "market": market, "whole": whole}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN.format(most=MOST_FORMS), given)
        total, begun_in, rarest, forms = cursor.fetchone()
    documents = min(count for count in (begun_in or 0, rarest) if count is not None)
    anywhere, named = (_tsquery(whole, begun, forms, fields) for fields in ("", "ABC"))
    return Typed(market, anywhere, named, documents, total or 0)


def find_ids(typed: Typed, limit: int) -> list[int]:
    """By what takes least, as common as it is; where that finds too few, among all."""
    if typed.documents <= RARE:
        return find_among_all(typed, limit, RARE)
    is_everywhere = typed.documents > EVERYWHERE * typed.total
    ids = (find_by_popularity if is_everywhere else find_among_popular)(typed, limit)
    if len(ids) < limit:
        ids += [pk for pk in find_among_all(typed, limit, FEW_LOOKED_AT) if pk not in ids]
    return ids[:limit]


def find_among_all(typed: Typed, limit: int, most: int) -> list[int]:
    """The most popular of the first ``most`` documents that have it."""
    sql = _AMONG_ALL.format(documents=by_words("%s"), most=most)
    return _ids(sql, [typed.anywhere, typed.market, limit * MORE, typed.named])[:limit]


def find_among_popular(typed: Typed, limit: int) -> list[int]:
    """By the index of the documents that shop.services.mark_popular marks."""
    return _ids(_AMONG_POPULAR, [typed.market, typed.named, limit])


def find_by_popularity(typed: Typed, limit: int) -> list[int]:
    """Of the market's popular things, one after the other, until there are enough."""
    return _ids(_BY_POPULARITY, [typed.market, typed.named, limit])


def _ids(sql: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [pk for (pk,) in cursor.fetchall()]


def _line(row: tuple[Any, ...]) -> Product:
    """A product with the little that its line shows; all else would be read when asked for."""
    product = Product.from_db(None, ("id", "title", "price_minor", "currency"), row[:4])
    product.channel = Channel.from_db(None, ("id", "language", "hue"), row[4:7])
    product.category = Category.from_db(None, ("id", "icon"), row[7:9])
    product.cover = Picture.from_db(None, PICTURE, row[9:]) if row[9] else None
    return product


def _tsquery(whole: Sequence[str], begun: str, forms: Sequence[str], fields: str) -> str:
    """All the words, the last perhaps only begun, in fields named by their letters."""
    mark = f":{fields}" if fields else ""
    last = " | ".join([f"'{begun}':*{fields}", *(f"'{lexeme}'{mark}" for lexeme in forms)])
    return " & ".join([*(f"'{lexeme}'{mark}" for lexeme in whole), f"({last})"])
