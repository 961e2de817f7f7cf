"""What every page of a conversation passes first: who is she, and on which side does she sit."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone

from chat import selectors
from chat.selectors import Seat
from core.markets import MARKETS
from core.pages import Request
from sellers.models import Channel, Role
from sellers.views.base import person_of, signed_in, team_page

View = Callable[..., HttpResponseBase]
inbox_page = team_page(Role.AGENT)


def clock_of(request: Request, seat: Seat | None = None) -> ZoneInfo:
    """Times stand on the channel's clock for its team, else on that of the shopper's market."""
    market = MARKETS[seat.conversation.channel.market] if seat and seat.is_team else request.market
    return ZoneInfo(market.time_zone)


def own_page(view: View) -> View:
    """A page of a signed-in person, on her market's clock."""

    @wraps(view)
    @signed_in
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(clock_of(request)):
            return view(request, *args, **kwargs)

    return guarded


def seat_page(view: View) -> View:
    """A page of one conversation: the view is called with the person's seat in it; strangers find nothing there."""

    @wraps(view)
    @signed_in
    def guarded(request: Request, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seat = selectors.get_seat(person_of(request), pk)
        with timezone.override(clock_of(request, seat)):
            return view(request, seat, *args, **kwargs)

    return guarded


def number(text: str | None) -> int | None:
    """A positive integer of an address, if it is one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def team_seat_page(view: View) -> View:
    """A page of one conversation for the channel's team only."""

    @wraps(view)
    @inbox_page
    def guarded(request: Request, channel: Channel, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seat = selectors.get_seat(person_of(request), pk)
        if not seat.is_team or seat.conversation.channel_id != channel.pk:
            raise Http404
        return view(request, seat, *args, **kwargs)

    return guarded
