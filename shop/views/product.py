"""The product page, and the beacon of its being seen."""

from urllib.parse import unquote

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from core import limits
from core.kept import choose
from core.pages import Request, cache_for_guests
from recommender import selectors as lists
from recommender import services as recommender
from recommender.lookers import is_robot
from recommender.models import Interaction
from sellers.models import Product
from shop import cards, guests, history, pieces
from shop.selectors import product as products
from shop.selectors.lists import get_card_rows

SEEN_LIMIT, SEEN_SECONDS = 240, 3600


@require_GET
@cache_for_guests
def product(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """One thing: pictures, offer, seller, more like it. For htmx only the offer of the chosen variant."""
    visitor, variant = guests.visitor(request), _number(request.GET.get("variant"))
    if request.htmx:
        thing = products.get_product(visitor, pk)
        context = {"product": thing, "channel": thing.channel, "offer": products.get_offer(thing, variant)}
        return render(request, "shop/_product.html#offer", context)
    sight = products.get_sight(visitor, pk)
    if variant is None:
        page = pieces.keep_product_page(sight, lambda: products.get_product(visitor, pk))
    else:
        page = pieces.make_product_page(products.get_product(visitor, pk), variant)
    if unquote(page.path) != request.path:
        tail = request.META["QUERY_STRING"]
        return redirect(f"{page.path}?{tail}" if tail else page.path)
    others, alike = products.get_neighbor_ids(pk, sight.version)
    if visitor.person_id:
        alike = [choice.product_id for choice in lists.get_allowed(visitor.looker, alike)]
    more, similar = _shelves(request, others, alike)
    body = choose(page.body, sight.is_saved, sight.is_followed)
    context = {"page": page, "sight": sight, "body": body, "more": more, "similar": similar}
    return render(request, "shop/product.html", context)


def _shelves(request: Request, *shelves: list[int]) -> list[list[SafeString]]:
    """Rows of cards, all for the queries of one."""
    rows = {row.id: row for row in get_card_rows(pk for shelf in shelves for pk in shelf)}
    return cards.render_shelves([([rows[pk] for pk in shelf if pk in rows], 0, False) for shelf in shelves], request)


@require_POST
def seen(request: Request, pk: int) -> HttpResponse:
    """The page was looked at for a second: it enters the visitor's history."""
    key = request.user.pk or limits.client_address(request)
    try:
        limits.take(f"seen:{key}", limit=SEEN_LIMIT, seconds=SEEN_SECONDS)
    except limits.TooMany:
        return HttpResponse(status=429)
    if not Product.objects.listed().filter(pk=pk).exists():
        raise Http404
    if request.user.is_authenticated:
        history.record_views(person=request.user, views=[(pk, timezone.now())])
    else:
        guests.keep_view(request, product_id=pk)
    if not is_robot(request):
        recommender.record(looker=guests.visitor(request).looker, kind=Interaction.Kind.VIEW, product_id=pk)
    return HttpResponse(status=204)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
