"""The product page, the ways to reach its seller, and the beacon of its being seen."""

from urllib.parse import quote, unquote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import limits
from core.pages import Request, cache_for_guests, page_or_fragment
from sellers import selectors as sellers
from sellers.models import Product
from sellers.text import render_text
from shop import cards, guests, history, structured
from shop.selectors import product as products
from shop.selectors.lists import get_card_rows

DESCRIPTION = 160
_CRLF = "\r\n"  # what mailto: wants between lines (RFC 6068)
SEEN_LIMIT, SEEN_SECONDS = 240, 3600


@require_GET
@cache_for_guests
def product(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """One thing: pictures, offer, seller, more like it. For htmx only the offer of the chosen variant."""
    visitor = guests.visitor(request)
    thing = products.get_product(visitor, pk)
    canonical = thing.get_absolute_url()
    if unquote(canonical) != request.path:
        tail = request.META["QUERY_STRING"]
        return redirect(f"{canonical}?{tail}" if tail else canonical)
    offer = products.get_offer(thing, _number(request.GET.get("variant")))
    context = {"product": thing, "channel": thing.channel, "offer": offer, "icon": thing.category.icon}
    if not request.htmx:
        context |= _around(request, visitor, offer)
    return page_or_fragment(request, "shop/product.html", "offer", context)


def _around(request: Request, visitor: guests.Visitor, offer: products.Offer) -> dict[str, object]:
    """All of the page but the offer."""
    thing = offer.product
    pictures = products.get_pictures(thing)
    more, similar = _shelves(request, *products.get_neighbor_ids(thing))
    description = " ".join(thing.post.text.split())[:DESCRIPTION]
    return {
        "pictures": pictures,
        "crumbs": products.get_breadcrumbs(thing),
        "facts": sellers.get_facts(thing),
        "more": more,
        "similar": similar,
        "description": description,
        "canonical": structured.absolute(thing.get_absolute_url()),
        "preview_picture": structured.picture_address(pictures[0].picture if pictures else None),
        "json_ld": structured.product_data(offer, pictures, description),
        "text": render_text(thing.post.text),
    }


def _shelves(request: Request, *shelves: list[int]) -> list[list[SafeString]]:
    """Rows of cards, all for the queries of one."""
    rows = {row.id: row for row in get_card_rows(pk for shelf in shelves for pk in shelf)}
    return cards.render_shelves([([rows[pk] for pk in shelf if pk in rows], 0, False) for shelf in shelves], request)


@require_GET
@login_required
def buy(request: Request, pk: int) -> HttpResponse:
    """How to buy a product: its seller's public contact, with a letter begun that names it and the chosen variant."""
    thing = products.get_product(guests.visitor(request), pk)
    offer = products.get_offer(thing, _number(request.GET.get("variant")))
    name = f"{thing.title} ({offer.words})" if offer.words else thing.title
    subject = _("Buying: {name}").format(name=name)
    lines = [name, structured.absolute(thing.get_absolute_url()), "", ""]
    letter = f"subject={quote(subject)}&body={quote(_CRLF.join(lines))}"
    context = {"product": thing, "channel": thing.channel, "offer": offer, "letter": letter}
    return render(request, "shop/contact.html", context | {"icon": thing.category.icon})


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
    return HttpResponse(status=204)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
