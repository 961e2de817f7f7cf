"""The shop tab: the first page of the house."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pages import Request, cache_for_guests
from sellers import selectors as sellers
from shop import cards, facet_form
from shop.channel_cards import render_channel_picks
from shop.facets import Filters, Scope, count_facets
from shop.guests import visitor
from shop.selectors import lists
from shop.selectors.person import count_following

CLOCKS = {"us": "America/Chicago", "eu": "Europe/Berlin", "ir": "Asia/Tehran", "tw": "Asia/Taipei"}
NEWEST, TRENDING = 6, 12
FEW = 5  # channels; who follows fewer is offered some below her feed


def greeting(name: str, moment: dt.datetime) -> str:
    """By the time of day there."""
    hour = moment.hour
    if 5 <= hour < 12:
        return _("Good morning, {name}").format(name=name)
    if 12 <= hour < 18:
        return _("Good afternoon, {name}").format(name=name)
    return _("Good evening, {name}").format(name=name)


@require_safe
@cache_for_guests
def tab(request: Request) -> HttpResponse:
    market = request.market
    newest, trending = lists.get_shelves(market.code, NEWEST, TRENDING)
    shelves = cards.render_shelves([(newest, 0, False), (trending, 0, True)], request)
    counts = count_facets(Scope(market.code), Filters(), ("category", "condition", "stock"))
    name = request.user.display_name if request.user.is_authenticated else ""
    stories = facet_form.make_stories(counts)
    context = {
        "greeting": greeting(name, timezone.now().astimezone(ZoneInfo(CLOCKS[market.code]))) if name else "",
        "stories": stories,
        "stories_edition": (sellers.get_category_tree().edition, [root.id for root in stories]),
        "chips": facet_form.make_shortcuts(market, counts),
        "showcase": cards.render_promos(market.code),
        "newest": shelves[0],
        "trending": shelves[1],
    }
    return render(request, "shop/tab.html", context)


@require_safe
@cache_for_guests
def channel_shelf(request: Request) -> HttpResponse:
    """The last shelf of the tab, which asks for it when somebody scrolls there, and of the feed (``?few``) of who
    follows few; without htmx the whole list. Who did something here is offered what fits her."""
    if not request.htmx:
        return redirect("shop:channels")
    who = visitor(request)
    if not who.looker.is_known:
        channels = cards.render_channels(request.market.code, who)
    elif "few" in request.GET and count_following(who) >= FEW:
        return HttpResponse()
    else:
        channels = render_channel_picks(request)
    template = "shop/feed.html#worth" if "few" in request.GET else "shop/tab.html#channels"
    return render(request, template, {"channels": channels})
