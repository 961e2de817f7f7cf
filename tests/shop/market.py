"""A small fixed market for tests of lists: thirty things of three channels, with every facet in every mixture."""

import datetime as dt
from dataclasses import dataclass
from itertools import cycle

from django.utils import timezone

from sellers.models import Category, Channel, Product
from tests.factories import make_category, make_channel, make_product_post

# Lengths without a common divisor: every mixture comes.
COLORS = ("teal", "red", None, "red", None)
SIZES = ("s", "m", None, None)
CONDITIONS = ("new", "used", "handmade", "new", "like-new", "new", "used")
STOCKS = (0, 1, 5, None, 3, None, 2, 4, None, 1, 6)


@dataclass(frozen=True)
class SmallMarket:
    root: Category
    leaves: list[Category]
    channels: list[Channel]
    products: list[Product]


def make_small_market() -> SmallMarket:
    root = make_category(slug="goods", attributes=("color", "size"))
    leaves = [make_category(slug=slug, parent=root) for slug in ("cups", "pots")]
    channels = [make_channel(city=city, market="us") for city in ("Portland", "Austin", "Portland")]
    start = timezone.now() - dt.timedelta(days=40)
    parts = zip(
        cycle(leaves), cycle(channels), cycle(COLORS), cycle(SIZES), cycle(CONDITIONS), cycle(STOCKS), range(30)
    )
    posts = [
        make_product_post(
            channel,
            title=f"Thing {n}",
            category=leaf,
            price_minor=1000 + (n * 7 % 11) * 100,
            stock=stock,
            condition=condition,
            attributes={slug: value for slug, value in (("color", color), ("size", size)) if value},
            published_at=start + dt.timedelta(hours=n // 2),
        )
        for leaf, channel, color, size, condition, stock, n in parts
    ]
    for n, post in enumerate(posts):
        Product.objects.filter(pk=post.product.pk).update(popularity=(n * 5 % 7) * 1000)
    products = list(Product.objects.filter(post__in=posts).order_by("pk"))
    return SmallMarket(root, leaves, channels, products)
