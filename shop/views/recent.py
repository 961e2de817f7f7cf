"""What one looked at last: a page of its own, and a shelf on the shop tab, whose page guests share."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.pages import Request
from shop import cards, guests
from shop.selectors import person as persons

SHELF = 12


@ensure_csrf_cookie
@require_GET
def recent(request: Request) -> HttpResponse:
    """The last fifty; for htmx the newest of them as a shelf, or nothing for who looked at nothing."""
    limit = SHELF if request.htmx else guests.MAX_VIEWS
    ids = persons.get_recent_ids(guests.visitor(request), limit)
    template = "shop/recent.html#shelf" if request.htmx else "shop/recent.html"
    return render(request, template, {"cards": cards.get_cards(request, ids) if ids else []})
