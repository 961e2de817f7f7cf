"""What every page of a request passes first: is she a party, and on which clock does she read it?"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.models import User
from core.markets import MARKETS
from core.pages import Request
from payments import selectors
from payments.models import MoneyRequest
from sellers.views.base import go, person_of, signed_in

__all__ = ["go", "own_page", "person_of", "request_page", "signed_in"]

View = Callable[..., HttpResponseBase]


def _clock(person: User) -> ZoneInfo:
    return ZoneInfo(MARKETS[person.market].time_zone)


def own_page(view: View) -> View:
    """A page of the person's own money, on the clock of her market; guests sign in first."""

    @wraps(view)
    @signed_in
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(_clock(person_of(request))):
            return view(request, *args, **kwargs)

    return guarded


def request_page(view: View) -> View:
    """A page of one money request for its buyer and the channel's team; anybody else finds nothing there.

    The view is called with the money request instead of its token.
    """

    @wraps(view)
    @own_page
    @never_cache
    def guarded(request: Request, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            money = selectors.get_request_for(person_of(request), token, is_shown=request.method != "POST")
        except MoneyRequest.DoesNotExist:
            raise Http404 from None
        return view(request, money, *args, **kwargs)

    return guarded
