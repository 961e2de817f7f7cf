"""The feed: new posts of the channels one follows, each once, newest first."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Request, page_or_fragment
from shop import guests, pieces
from shop.selectors import feed as feeds


@ensure_csrf_cookie
@require_GET
def feed(request: Request) -> HttpResponse:
    """A page of the feed; with ``newer`` only what came above that cursor."""
    visitor = guests.visitor(request)
    try:
        if newer := request.GET.get("newer", ""):
            arrived = feeds.get_newer(visitor, newer)
            return render(
                request,
                "shop/feed.html#newer",
                {"posts": pieces.render_posts(arrived), "top": feeds.top_of(arrived, newer)},
            )
        page = feeds.get_feed(visitor, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context: dict[str, object] = {
        "posts": pieces.render_posts(page.rows, eager=1),
        "page": page,
        "top": feeds.top_of(page.rows),
    }
    if not page.rows and not request.htmx:
        context |= {"suggested": feeds.get_suggested(visitor, request.market.code)}
    return page_or_fragment(request, "shop/feed.html", "posts", context)


@require_GET
def news(request: Request) -> HttpResponse:
    """The pill that says how many posts came above a cursor; empty when none did."""
    since = request.GET.get("since", "")
    try:
        count = feeds.count_newer(guests.visitor(request), since)
    except BadCursor:
        raise Http404 from None
    return render(request, "shop/feed.html#pill", {"count": count, "top": since, "most": feeds.MOST_NEWS})
