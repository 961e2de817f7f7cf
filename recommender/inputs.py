"""What a table is made of, read from the database. Needs numpy: workers and commands only."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from recommender import copied
from recommender.selectors import deeds
from recommender.training.content import Content
from recommender.training.log import Ints, Log
from sellers.models import Product

ALIKE = 500  # products of the same categories, the newest
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Inputs:
    """``products`` are the ids of the log's items, in their order."""

    products: np.ndarray
    channels: np.ndarray
    markets: np.ndarray  # their codes
    content: Content
    log: Log

    def places_of(self, product_ids: Iterable[int]) -> Ints:
        """Numbers of those of these products that are items of the log."""
        wanted = np.asarray(list(product_ids), np.int64)
        return copied.places_in(self.products, wanted)[1]


def read(until: dt.datetime) -> Inputs:
    """All products that can be seen, and all that was done with them before ``until``."""
    return _gather(Product.objects.listed(), deeds.copy_log(until))


def read_around(product_ids: list[int], until: dt.datetime) -> Inputs:
    """What the rows of these products are made of: all that people did who touched one of them, and some products of
    the same categories."""
    pieces = list(deeds.copy_log(until, product_ids))
    touched = {product for rows in copied.rows_of(pieces) for product in rows["product"].tolist()}
    alike = Product.objects.listed().filter(category__products__in=product_ids).order_by("-published_at", "-pk")
    wanted = touched | set(product_ids) | set(alike.values_list("pk", flat=True)[:ALIKE])
    return _gather(Product.objects.listed().filter(pk__in=wanted), pieces)


def _gather(listed: QuerySet[Product], pieces: Iterable[bytes]) -> Inputs:
    products, channels, markets = [], [], []

    def tokens() -> Iterator[list[str]]:
        described = listed.order_by("pk").values_list(
            "pk", "market", "channel_id", "category_id", "title", "facet_terms"
        )
        for pk, market, channel, category, title, terms in described.iterator(5000):
            products.append(pk)
            channels.append(channel)
            markets.append(market)
            yield _tokens(channel, category, title, terms)

    content = Content(tokens())
    ids = np.array(products, np.int64)
    log = copied.log_of(pieces, ids)
    return Inputs(ids, np.array(channels, np.int64), np.array(markets, "U8"), content, log)


def _tokens(channel: int, category: int, title: str, terms: list[str]) -> list[str]:
    words = {f"word:{word}" for word in _WORD.findall(title.lower())}
    return [f"channel:{channel}", f"category:{category}", f"leaf:{category}", *terms, *sorted(words)]  # kind says most
