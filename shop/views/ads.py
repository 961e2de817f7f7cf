"""The ad of a page, as a fragment of its own: guests share the page, and an ad is one viewer's."""

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from ads import services as ads
from ads import viewing
from ads.models import Campaign
from ads.selectors import cards
from core.pages import Request, numbers_in
from sellers import selectors as sellers
from sellers.models import Product
from shop import guests

MOST_THERE = 100  # products of a page that are left out
Place = Campaign.Placement


@never_cache
@ensure_csrf_cookie
@require_GET
def ad(request: Request, place: str) -> HttpResponse:
    """One ad for the place; nothing where none is for this visitor. ``shown`` are the products that the page shows."""
    if place not in Place.values or not request.htmx:
        return HttpResponse()
    there = set(numbers_in(request.GET.get("shown", ""), MOST_THERE))
    kinds, own = _about(request, place, there)
    served = ads.serve(
        looker=guests.visitor(request).looker,
        address=viewing.get_address(request),
        place=place,
        market=request.market.code,
        language=request.LANGUAGE_CODE,
        category_ids=kinds,
        there=there | own,
        reason=viewing.get_reason(request),
    )
    thing = cards.get_card_product(served.product_id) if served else None
    if served is None or thing is None:
        return HttpResponse()
    context = {
        "channel": thing.channel,
        "thing": thing if served.is_product else None,
        "line": served.line,
        "url": reverse("ads:click", args=[served.token]),
        "seen_url": reverse("ads:seen", args=[served.token]),
    }
    return render(request, "shop/ad.html", context)


def _about(request: Request, place: str, there: Collection[int]) -> tuple[list[int], set[int]]:
    """Leaf categories that the page is about, and the product whose page it is; at most one query. A search is about
    what it found."""
    if place == Place.TAB:
        return [], set()
    try:
        match = resolve((request.htmx.current_url_abs_path or "").partition("?")[0])
    except Resolver404:
        return [], set()
    if place == Place.CATEGORY:
        tree = sellers.get_category_tree()
        node = tree.by_slug.get(match.kwargs.get("slug", ""))
        return (tree.leaf_ids(node) if node else []), set()
    own = {match.kwargs["pk"]} if place == Place.PRODUCT and "pk" in match.kwargs else set()
    found = Product.objects.filter(pk__in=own or there).order_by().values_list("category_id", flat=True)
    return list(found.distinct()), own
