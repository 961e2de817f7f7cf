"""What every page of the group passes first: who is she, and does she belong here."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http.response import HttpResponseBase
from django.utils import timezone

from community import selectors
from core.markets import MARKETS
from core.pages import Request
from sellers.views.base import person_of, signed_in

View = Callable[..., HttpResponseBase]


def clock_of(request: Request, standing: selectors.Standing) -> ZoneInfo:
    """The channel's clock; the team's is that of the market it looks at."""
    market = MARKETS[standing.channel.market] if standing.channel else request.market
    return ZoneInfo(market.time_zone)


def member_page(view: View) -> View:
    """A page for members: the view is called with her standing; guests sign in, anybody else finds nothing."""

    @wraps(view)
    @signed_in
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        standing = selectors.need_member(person_of(request))
        with timezone.override(clock_of(request, standing)):
            return view(request, standing, *args, **kwargs)

    return guarded


def group(standing: selectors.Standing, room: str, **context: Any) -> dict[str, Any]:
    """The context of a page of the group; ``room`` is the marked entry of its navigation."""
    return {"standing": standing, "room": room, **context}


def posted(request: Request) -> Any:
    """The form's data, None before it is sent."""
    return request.POST if request.method == "POST" else None
