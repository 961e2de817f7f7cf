"""What programs read: Atom of a channel and of a category, and a channel's products as Google Merchant has them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from core.markets import MARKETS
from core.pages import Request
from core.spreadsheets import csv_response
from sellers import selectors as sellers
from sellers.models import Channel, Post
from sellers.selectors import CategoryNode
from sellers.text import render_text
from shop import merchant
from shop.selectors import feeds
from shop.structured import absolute, picture_address

MINUTES = 60
TITLE = 80  # letters of a post without a product


class _Feed(Feed):
    """Of one subject, the view's: ``get_object`` hands it on."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, subject: Any) -> Any:
        return subject

    def item_pubdate(self, item: Post) -> dt.datetime | None:
        return item.published_at

    def item_updateddate(self, item: Post) -> dt.datetime | None:
        return item.edited_at or item.published_at

    def item_title(self, item: Post) -> str:
        product = feeds.product_of(item)
        return product.title if product else item.text[:TITLE].strip() or _("Pictures")

    def item_description(self, item: Post) -> str:
        return str(render_text(item.text))

    def item_link(self, item: Post) -> str:
        product = feeds.product_of(item)
        return absolute((product or item).get_absolute_url())

    def item_guid(self, item: Post) -> str:
        return absolute(item.get_absolute_url())

    def item_author_name(self, item: Post) -> str:
        return item.channel.name

    def item_enclosure_url(self, item: Post) -> str | None:
        pictures = item.pictures.all()
        return picture_address(pictures[0].picture) or None if pictures else None

    item_enclosure_mime_type = "image/webp"
    item_enclosure_length = 0


class ChannelFeed(_Feed):
    def title(self, channel: Channel) -> str:
        return channel.name

    def subtitle(self, channel: Channel) -> str:
        return channel.tagline

    def link(self, channel: Channel) -> str:
        return absolute(channel.get_absolute_url())

    def items(self, channel: Channel) -> Sequence[Post]:
        return feeds.get_posts(channel)


class CategoryFeed(_Feed):
    def title(self, of: tuple[CategoryNode, str]) -> str:
        return str(of[0])

    def link(self, of: tuple[CategoryNode, str]) -> str:
        return absolute(of[0].get_absolute_url())

    def items(self, of: tuple[CategoryNode, str]) -> Sequence[Post]:
        return feeds.get_category_posts(*of)


def _visible(handle: str) -> Channel:
    channel = Channel.objects.visible().filter(handle=handle.lower()).first()
    if channel is None:
        raise Http404
    return channel


def _channel_changed(request: HttpRequest, handle: str) -> dt.datetime | None:
    return feeds.get_last_change(handle.lower())


@require_safe
@cache_control(public=True, max_age=5 * MINUTES)
@condition(last_modified_func=_channel_changed)
def channel_atom(request: HttpRequest, handle: str) -> HttpResponse:
    """The newest posts; who has them already is told so by one query."""
    return ChannelFeed()(request, subject=_visible(handle))


@require_safe
@cache_control(public=True, max_age=5 * MINUTES)
def category_atom(request: Request, slug: str) -> HttpResponse:
    """The newest things of a category in the market that the address names, else in the reader's."""
    node = sellers.get_category_tree().by_slug.get(slug)
    market = request.GET.get("market", request.market.code)
    if node is None or market not in MARKETS:
        raise Http404
    return CategoryFeed()(request, subject=(node, market))


@require_safe
@cache_control(public=True, max_age=15 * MINUTES)
def products_csv(request: HttpRequest, handle: str) -> HttpResponseBase:
    """All listed products and their variants; a few hundred are in memory at once."""
    channel = _visible(handle)
    return csv_response(merchant.csv_lines(channel), f"{channel.handle}-products")


@require_safe
@cache_control(public=True, max_age=15 * MINUTES)
def products_xml(request: HttpRequest, handle: str) -> HttpResponseBase:
    channel = _visible(handle)
    return merchant.xml_response(channel, absolute(reverse("shop:channel", args=[channel.handle])))
