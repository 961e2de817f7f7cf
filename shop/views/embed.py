"""A product's card on other people's pages: oEmbed says how to show it, a small page in an iframe says what it costs now.

The page is the same for everybody, in the channel's own language, and sets no cookie.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.html import format_html
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from sellers.models import Product
from shop.selectors.product import Offer, get_offer
from shop.structured import absolute, picture_address

WIDTH, NARROWEST, HEIGHT = 400, 240, 168  # pixels
SECONDS = 60  # a price is at most so old
THUMBNAIL = 480


def _find(pk: int) -> Product | None:
    listed = Product.objects.listed().filter(pk=pk)
    return listed.select_related("channel__avatar", "post", "category", "cover").first()


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
@cache_control(public=True, max_age=SECONDS)
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """What is no longer offered says so, with status 410, rather than leave a hole in somebody's page."""
    product = _find(pk)
    context: dict[str, Any] = {"product": product, "product_url": ""}
    if product is not None:
        offer: Offer = get_offer(product, None)
        context |= {"offer": offer, "product_url": absolute(product.get_absolute_url())}
    with translation.override(product.channel.language if product else translation.get_language()):
        response = render(request, "shop/embed.html", context, status=200 if product else 410)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.same_for_all = True  # type: ignore[attr-defined]
    return response


@require_safe
@cache_control(public=True, max_age=300)
def oembed(request: HttpRequest) -> HttpResponse:
    """The JSON of oembed.com for an address of a product."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    product = _find(_number_in(request.GET.get("url", "")))
    if product is None:
        raise Http404
    width = max(NARROWEST, min(WIDTH, _number(request.GET.get("maxwidth", ""), WIDTH)))
    response = JsonResponse(_said(product, width))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _said(product: Product, width: int) -> dict[str, Any]:
    frame = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" referrerpolicy="no-referrer"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox" style="border:0;max-width:100%"></iframe>',
        absolute(reverse("shop:card", args=[product.pk])),
        product.title,
        width,
        HEIGHT,
    )
    data: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": product.title,
        "author_name": product.channel.name,
        "author_url": absolute(product.channel.get_absolute_url()),
        "provider_name": "Bisat",
        "provider_url": absolute("/"),
        "cache_age": SECONDS,
        "html": frame,
        "width": width,
        "height": HEIGHT,
    }
    if product.cover and (address := picture_address(product.cover, THUMBNAIL)):
        shown = min(THUMBNAIL, product.cover.width)
        size = {"thumbnail_width": shown, "thumbnail_height": round(shown * product.cover.height / product.cover.width)}
        data |= {"thumbnail_url": address} | size
    return data


def _number_in(url: str) -> int:
    """The product an address of ours leads to. Raises Http404."""
    ours, asked = urlsplit(settings.SITE_URL), urlsplit(url)
    try:
        found = resolve(asked.path) if asked.netloc == ours.netloc else None
    except Resolver404:
        found = None
    if found is None or found.view_name not in ("shop:product", "shop:product_short"):
        raise Http404
    return int(found.kwargs["pk"])


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
