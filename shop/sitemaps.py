"""Addresses for search engines: an index, and pages cut by ranges of numbers, so that each costs what it shows."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django.contrib.sitemaps import Sitemap
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from sellers import selectors as sellers
from sellers.models import Channel, Product
from sellers.selectors import CategoryNode

SIZE = 10_000  # of 50,000 that the protocol allows; a page is made in one request


class ByNumber(Paginator):
    """Page n has the rows whose number lies in the n-th ten thousand: no OFFSET, no COUNT. Pages may be empty."""

    @property
    def rows(self) -> QuerySet[Any]:
        return cast(QuerySet[Any], self.object_list)

    @cached_property
    def num_pages(self) -> int:
        last = self.rows.model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return int(last) // self.per_page + 1

    @cached_property
    def count(self) -> int:
        return self.num_pages * self.per_page

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return Page(self.rows.filter(pk__gte=first, pk__lt=first + self.per_page), number, self)


class _ByNumber(Sitemap):
    limit = SIZE
    protocol = None

    @property
    def paginator(self) -> ByNumber:
        return ByNumber(cast(QuerySet[Any], self.items()).order_by("pk"), self.limit)


class Products(_ByNumber):
    def items(self) -> QuerySet[Product]:
        return Product.objects.listed().select_related("post").only("title", "post__edited_at", "post__published_at")

    def lastmod(self, item: Product) -> dt.datetime | None:
        return item.post.edited_at or item.post.published_at


class Channels(_ByNumber):
    def items(self) -> QuerySet[Channel]:
        return Channel.objects.visible().only("handle", "state")


class Categories(Sitemap):
    def items(self) -> Sequence[CategoryNode]:
        return list(sellers.get_category_tree().by_slug.values())

    def location(self, item: CategoryNode) -> str:
        return item.get_absolute_url()


class Pages(Sitemap):
    def items(self) -> list[str]:
        return ["shop:tab", "shop:newest", "shop:trending", "shop:channels", "core:privacy", "core:terms"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"pages": Pages, "categories": Categories, "channels": Channels, "products": Products}
