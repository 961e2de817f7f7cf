"""Me: what one saved, looked at and follows, and the way to everything of one's own."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from core.pages import BadCursor, Request, page_or_fragment
from recommender import services as recommender
from sellers import selectors as sellers
from shop import cards, guests, history
from shop.selectors import person as persons


@ensure_csrf_cookie
@require_GET
def me(request: Request) -> HttpResponse:
    """A guest: why to join, and what her browser remembers. A person: her own things."""
    visitor = guests.visitor(request)
    user = request.user
    context: dict[str, object] = {
        "saved_count": persons.count_saved(visitor),
        "following_count": persons.count_following(visitor),
        "recent": cards.get_cards(request, persons.get_recent_ids(visitor)),
        "own_channels": sellers.get_own_channels(user) if user.is_authenticated else [],
    }
    return render(request, "shop/me.html", context)


@ensure_csrf_cookie
@require_GET
def saved(request: Request) -> HttpResponse:
    """Products with one's heart on them, last first."""
    visitor = guests.visitor(request)
    try:
        page = persons.get_saved_ids(visitor, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = {"cards": cards.get_cards(request, page.rows), "page": page}
    if not request.htmx:
        context["total"] = persons.count_saved(visitor)
    return page_or_fragment(request, "shop/saved.html", "cards", context)


@ensure_csrf_cookie
@require_GET
def following(request: Request) -> HttpResponse:
    """Channels one follows, with mute and unfollow."""
    try:
        page = persons.get_following(guests.visitor(request), request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    return page_or_fragment(request, "shop/following.html", "channels", {"page": page})


@require_http_methods(["GET", "POST"])
def forget(request: Request) -> HttpResponse:
    """Clears what one looked at."""
    if request.method == "GET":
        return render(request, "shop/forget.html")
    recommender.forget(looker=guests.visitor(request).looker)
    if request.user.is_authenticated:
        history.forget_views(person=request.user)
    else:
        guests.forget_views(request)
    messages.success(request, _("Your viewing history is empty now."))
    return redirect("shop:me")
