"""Lists of the whole market: newest, trending, channels."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pages import BadCursor, Request, cache_for_guests, page_or_fragment
from shop.facets import Scope
from shop.guests import visitor
from shop.listing import answer, get_listing
from shop.selectors.lists import Sort, get_channel_cards, get_channel_page

NEWEST = (Sort.NEWEST, Sort.POPULAR, Sort.CHEAPEST, Sort.DEAREST)
TRENDING = (Sort.POPULAR, Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)


def _market_list(request: Request, title: str, line: str, sorts: tuple[Sort, ...]) -> HttpResponse:
    scope = Scope(request.market.code)
    context = {"title": title, "line": line, "listing": get_listing(request, scope, sorts)}
    return answer(request, "shop/list.html", context)


@require_safe
@cache_for_guests
def newest(request: Request) -> HttpResponse:
    return _market_list(request, _("Newest"), _("Fresh from the channels, the latest first."), NEWEST)


@require_safe
@cache_for_guests
def trending(request: Request) -> HttpResponse:
    return _market_list(request, _("Trending"), _("What people save, like and look at these days."), TRENDING)


@require_safe
@cache_for_guests
def channels(request: Request) -> HttpResponse:
    market = request.market.code
    try:
        page = get_channel_page(market, request.GET.get("after", ""))
    except BadCursor:
        page = get_channel_page(market)
    context = {
        "channels": get_channel_cards(page.rows, visitor(request)),
        "more_url": f"?after={page.next_cursor}" if page.next_cursor else "",
    }
    return page_or_fragment(request, "shop/channels.html", "channels", context)
