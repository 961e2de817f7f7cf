"""What every request passes, from the outside in."""

import hashlib
import time
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_language_from_request

from core.markets import MARKETS, market_for_language
from core.pages import GUEST_PAGES_BORN, Request
from core.shared import SHARED, Shared, new_token

GetResponse = Callable[[HttpRequest], HttpResponse]
MARKET_COOKIE = "market"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def guest_market(request: HttpRequest) -> str:
    """The market code a guest chose, else the one where her language is read."""
    chosen = request.COOKIES.get(MARKET_COOKIE, "")
    return chosen if chosen in MARKETS else market_for_language(get_language_from_request(request)).code


def _is_plain_guest(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and CookieStorage.cookie_name not in request.COOKIES  # the last step has something to say
        and not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
    )


def _accepts_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _page_key(request: HttpRequest) -> str:
    packing = "gzip" if _accepts_gzip(request) else "plain"
    language = get_language_from_request(request)
    fragment = request.headers.get("HX-Request", "") and f"htmx:{request.headers.get('HX-Target', '')}"
    place = f"{request.scheme}:{request.get_host()}:{request.get_full_path()}"
    facts = f"{packing}:{language}:{guest_market(request)}:{fragment}:{place}"
    return f"guest-page:{hashlib.sha256(facts.encode()).hexdigest()}"  # addresses may be long


def guest_page_cache(get_response: GetResponse) -> GetResponse:
    """Whole pages for guests without any history, for views marked by ``cache_for_guests``.

    Such pages carry no token of a person; a fresh CSRF cookie goes beside them so that htmx can post. What comes
    from further in is compressed already, so both forms are kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.GUEST_PAGE_SECONDS or not _is_plain_guest(request):
            return get_response(request)
        key = _page_key(request)
        found = cache.get_many([key, GUEST_PAGES_BORN])
        kept, born = found.get(key), found.get(GUEST_PAGES_BORN)
        if kept and kept[2] == born:
            response = HttpResponse(kept[0], headers=kept[1])
        else:
            kept = None
            response = get_response(request)
            if getattr(response, "guests_may_share", False) and response.status_code == 200 and not response.cookies:
                seconds = min(settings.GUEST_PAGE_SECONDS, getattr(response, "guests_share_seconds", 3600))
                kept = (response.content, dict(response.items()), born, time.time() + seconds)
                cache.set(key, kept, seconds)
        if kept:
            request.META[SHARED] = Shared(*kept)  # core.shared keeps it in this process's memory too
        if settings.CSRF_COOKIE_NAME not in request.COOKIES and kept:
            _set_csrf_cookie(response)
        return response

    return middleware


def _set_csrf_cookie(response: HttpResponse) -> None:
    response.set_cookie(
        settings.CSRF_COOKIE_NAME,
        new_token(),
        max_age=settings.CSRF_COOKIE_AGE,
        secure=settings.CSRF_COOKIE_SECURE,
        samesite="Lax",
        path="/",
    )


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers Django has no setting for; every page varies by what htmx, language and market change."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if getattr(response, "same_for_all", False):
                del response.headers["Vary"]
            else:
                response.headers["Vary"] = "Cookie, Accept-Language, HX-Request"
        return response

    return middleware


def locale(get_response: GetResponse) -> GetResponse:
    """Django's language choice (cookie, then Accept-Language); a person's own choice follows in ``preferences``."""
    return cast(GetResponse, LocaleMiddleware(get_response))


def preferences(get_response: GetResponse) -> GetResponse:
    """Puts ``request.market`` and, for a person, her language in place."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user, market = request.user, guest_market(request)
        if user.is_authenticated:
            translation.activate(user.language)
            request.LANGUAGE_CODE, market = user.language, user.market
        cast(Request, request).market = MARKETS[market]
        return get_response(request)

    return middleware
