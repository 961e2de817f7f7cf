"""Slips for parcels, under /dashboard/<handle>/money/slips/: choose what is to be sent, print one or many."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.pages import BadCursor, Request
from payments import selectors
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page


@team_page(Role.AGENT)
@require_GET
def slips(request: Request, channel: Channel) -> HttpResponse:
    """The list to choose from; with ``r`` (tokens) the slips themselves, with ``all`` those of the whole page."""
    try:
        page = selectors.get_to_send(channel, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    tokens = [held.token for held in page.rows] if "all" in request.GET else request.GET.getlist("r")
    if not tokens:
        return render(request, "payments/slip_list.html", desk(channel, "money", page=page))
    shown = selectors.get_slips(channel, tokens)
    if not shown:
        raise Http404
    return render(request, "payments/slips.html", desk(channel, "money", slips=shown))
