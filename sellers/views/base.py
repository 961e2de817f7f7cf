"""What every page of the dashboard passes first: who is she, and what may she do in this channel."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from core.markets import MARKETS
from core.pages import Request
from sellers import selectors
from sellers.models import Channel, Role

View = Callable[..., HttpResponseBase]


def person_of(request: Request) -> User:
    """Who is signed in; only for views behind ``signed_in``."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker
    return request.user


def signed_in(view: View) -> View:
    """Guests go to sign-in and come back; under htmx the whole page goes."""

    @wraps(view)
    @never_cache
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.htmx:
            return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/dashboard/")

    return guarded


def team_page(role: Role) -> Callable[[View], View]:
    """A page of one channel for team members of at least ``role``; anybody else finds nothing there.

    The view is called with the channel instead of its handle, on the clock of the channel's market.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @signed_in
        def guarded(request: Request, handle: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            channel = selectors.get_own_channel(person_of(request), handle, role)
            with timezone.override(ZoneInfo(MARKETS[channel.market].time_zone)):
                return view(request, channel, *args, **kwargs)

        return guarded

    return decorate


def can_edit(channel: Channel) -> bool:
    """Whether the team member whose page this is may change posts and settings."""
    return channel.my_role in Role.at_least(Role.MANAGER)  # type: ignore[attr-defined]


def desk(channel: Channel, room: str, **context: Any) -> dict[str, Any]:
    """The context of a page of the channel's desk; ``room`` is the marked entry of its navigation."""
    return {
        "channel": channel,
        "room": room,
        "can_edit": can_edit(channel),
        "is_owner": channel.my_role == Role.OWNER,  # type: ignore[attr-defined]
        **context,
    }


def go(request: Request, to: Any, *args: Any) -> HttpResponse:
    """To another page after a write; under htmx the browser goes there, not only the fragment."""
    response = redirect(to, *args)
    return HttpResponseClientRedirect(response.url) if request.htmx else response
