"""Search, what it proposes while one types, and what one searched for last."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import limits
from core.pages import Request, cache_for_guests
from shop import facet_form, guests, history, search
from shop.cards import render_cards
from shop.facets import Filters, Scope, count_facets
from shop.listing import answer, get_listing
from shop.selectors.lists import Sort, get_card_page
from shop.selectors.person import get_recent_searches

TRENDING = 8
FRESH_SECONDS = 4  # how old a guest's page may be: a new thing is found within five seconds
SEARCH_LIMIT, SEARCH_SECONDS = 240, 3600


def _words(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[: search.MOST_LETTERS]


@require_safe
@cache_for_guests
def search_page(request: Request) -> HttpResponse:
    words = _words(request.GET.get("q", ""))
    market = request.market.code
    if not words:
        recent = get_recent_searches(guests.visitor(request))
        return render(request, "shop/search.html", _offer(request) | {"recent_searches": recent})
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
        context |= _offer(request) | {"near_words": search.find_near_words(plan.words, market)}
    response = answer(request, "shop/search.html", context)
    response.guests_share_seconds = FRESH_SECONDS  # type: ignore[attr-defined]
    return response


def _offer(request: Request) -> dict[str, object]:
    """For who found nothing or has not asked yet: categories and what others like."""
    scope = Scope(request.market.code)
    rows = get_card_page(scope, Filters(), Sort.POPULAR, limit=TRENDING).rows
    counts = count_facets(scope, Filters(), ("category", "condition", "stock"))
    return {"stories": facet_form.make_stories(counts), "trending": render_cards(rows, request, features=False)}


@require_safe
@cache_for_guests
def suggest(request: Request) -> HttpResponse:
    """What begins like the words typed; before any, what the visitor searched for last."""
    words = request.GET.get("q", "").replace("\x00", "")[: search.MOST_LETTERS]
    found = search.suggest(words, request.market.code)
    recent = [] if words.strip() else get_recent_searches(guests.visitor(request))
    context = {"words": words, "found": found, "recent_searches": recent}
    response = render(request, "shop/_suggestions.html", context)
    response.guests_share_seconds = FRESH_SECONDS  # type: ignore[attr-defined]
    return response


@require_POST
def searched(request: Request) -> HttpResponse:
    """A page of results was looked at for a second: its words enter the visitor's recent searches."""
    key = request.user.pk or limits.client_address(request)
    try:
        limits.take(f"searched:{key}", limit=SEARCH_LIMIT, seconds=SEARCH_SECONDS)
    except limits.TooMany:
        return HttpResponse(status=429)
    if words := _words(request.GET.get("q", "")):
        if request.user.is_authenticated:
            history.record_searches(person=request.user, searches=[words], at=timezone.now())
        else:
            guests.keep_search(request, words=words, on=True)
    return HttpResponse(status=204)


@require_POST
def forget_searches(request: Request) -> HttpResponse:
    """Forgets one recent search, or all of them when none is named."""
    words = _words(request.POST.get("words", ""))
    if request.user.is_authenticated:
        history.forget_searches(person=request.user, words=words)
    elif words:
        guests.keep_search(request, words=words, on=False)
    else:
        guests.forget_searches(request)
    if request.htmx:
        recent = get_recent_searches(guests.visitor(request))
        return render(request, "shop/_recent_searches.html", {"recent_searches": recent})
    messages.success(request, _("Forgotten."))
    return redirect("shop:search")
