"""The feed: posts of the channels one follows, each once, newest first or as they are hers."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Page, Request, page_or_fragment
from recommender import services
from recommender.lookers import is_robot
from shop import guests, pieces
from shop.channel_cards import render_channel_picks
from shop.selectors import feed as feeds
from shop.selectors.feed_for_you import get_for_you
from shop.selectors.posts import StreamRow

ORDERS = ("newest", "for-you")


@ensure_csrf_cookie
@require_GET
def feed(request: Request) -> HttpResponse:
    """A page of the feed; with ``newer`` only what came above that cursor. ``order`` is remembered for the visitor."""
    visitor, order = guests.visitor(request), guests.keep_order(request, request.GET.get("order", ""), ORDERS)
    try:
        if newer := request.GET.get("newer", ""):
            arrived = feeds.get_newer(visitor, newer)
            return render(
                request,
                "shop/feed.html#newer",
                {"posts": pieces.render_posts(arrived), "top": feeds.top_of(arrived, newer)},
            )
        page, top = _page(visitor, order, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    if order == "for-you" and not is_robot(request):
        _log(visitor, page)
    context: dict[str, object] = {"posts": pieces.render_posts(page.rows, eager=1), "page": page, "top": top}
    if page.next_cursor:
        context["more_url"] = f"{reverse('shop:feed')}?{urlencode({'order': order, 'after': page.next_cursor})}"
    if not request.htmx:
        words = {"newest": _("Newest"), "for-you": _("For you")}
        context["orders"] = [(each, words[each], each == order) for each in ORDERS]
        if not page.rows:
            context["suggested"] = render_channel_picks(request)
    return page_or_fragment(request, "shop/feed.html", "posts", context)


def _page(visitor: guests.Visitor, order: str, after: str) -> tuple[Page[StreamRow], str]:
    """A page, and the cursor from which news are counted."""
    if order == "for-you":
        return get_for_you(visitor, after)
    page = feeds.get_feed(visitor, after)
    return page, feeds.top_of(page.rows)


def _log(visitor: guests.Visitor, page: Page[StreamRow]) -> None:
    shown = [services.Shown(row.product_id, slot, 1) for slot, row in enumerate(page.rows) if row.product_id]
    if shown:
        services.record_impressions(looker=visitor.looker, place="feed", shown=shown)


@require_GET
def news(request: Request) -> HttpResponse:
    """The pill that says how many posts came above a cursor; empty when none did."""
    since = request.GET.get("since", "")
    try:
        count = feeds.count_newer(guests.visitor(request), since)
    except BadCursor:
        raise Http404 from None
    return render(request, "shop/feed.html#pill", {"count": count, "top": since, "most": feeds.MOST_NEWS})
