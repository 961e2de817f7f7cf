"""Search and what it proposes while one types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pages import Request, cache_for_guests
from shop import facet_form, search
from shop.cards import render_cards
from shop.facets import Filters, Scope, count_facets
from shop.listing import answer, get_listing
from shop.selectors.lists import Sort, get_card_page

TRENDING = 8


@require_safe
@cache_for_guests
def search_page(request: Request) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: search.MOST_LETTERS]
    market = request.market.code
    if not words:
        return render(request, "shop/search.html", _offer(request))
    plan = search.plan_query(words, market)
    listing = get_listing(request, search.scope_of(plan, market), search.SORTS, words=words)
    context = {
        "words": words,
        "plan": plan,
        "listing": listing,
        "channels": [] if listing.is_continued else search.find_channels(plan.shown, market),
        "categories": search.find_categories(plan.shown),
    }
    if not listing.total and not request.htmx:
        context |= _offer(request)
    return answer(request, "shop/search.html", context)


def _offer(request: Request) -> dict[str, object]:
    """For who found nothing or has not asked yet: categories and what others like."""
    scope = Scope(request.market.code)
    rows = get_card_page(scope, Filters(), Sort.POPULAR, limit=TRENDING).rows
    counts = count_facets(scope, Filters(), ("category", "condition", "stock"))
    return {"stories": facet_form.make_stories(counts), "trending": render_cards(rows, request, features=False)}


@require_safe
@cache_for_guests
def suggest(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "")[: search.MOST_LETTERS]
    found = search.suggest(words, request.market.code)
    return render(request, "shop/_suggestions.html", {"words": words, "found": found})
