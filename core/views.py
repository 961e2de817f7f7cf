"""Preferences of guests, errors, the parts' page."""

import mimetypes
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from core import kit as parts
from core.markets import MARKETS
from core.middleware import MARKET_COOKIE
from core.pages import safe_next

DAY = 60 * 60 * 24
YEAR = DAY * 365


@require_GET
@cache_control(public=True, max_age=DAY)
def words(request: HttpRequest) -> JsonResponse:
    """What scripts say by themselves (toasts.js), in the language of the address. Asked for once a day rather than
    written into each page, and early: it must be there when the connection is not."""
    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return JsonResponse(
            {
                "offline": _("No connection. Nothing was lost: try again in a moment."),
                "error": _("That did not work. Try again in a moment."),
                "wait": _("That was a lot at once. Wait a moment, then try again."),
                "copied": _("Link copied"),
                "dismiss": _("Dismiss"),
            }
        )


@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and market of whoever asks; kept in cookies, and on the person once signed in (accounts)."""
    after = safe_next(request, "/")
    if request.method == "GET":
        return render(request, "core/preferences.html", {"next": after})
    response = redirect(after)
    language, market = request.POST.get("language", ""), request.POST.get("market", "")
    if language in dict(settings.LANGUAGES):
        _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, language)
        translation.activate(language)
    if market in MARKETS:
        _set_cookie(response, MARKET_COOKIE, market)
    if request.user.is_authenticated:
        request.user.set_preferences(language=language, market=market)
    return response


def _set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True, path="/")


@require_GET
def kit(request: HttpRequest) -> HttpResponse:
    """Every part of the look on one page, for those who build with them."""
    return render(request, "core/kit.html", parts.context())


@require_GET
def media(request: HttpRequest, name: str) -> FileResponse:
    """Pictures from local storage, for a start without a proxy; their names never change, so they are kept for a year."""
    if ".." in PurePosixPath(name).parts or not default_storage.exists(name):
        raise Http404
    response = FileResponse(
        default_storage.open(name), content_type=mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _error(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"{status}.html", status=status)


def error_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400)


def error_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403)


def error_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404)


def error_500(request: HttpRequest) -> HttpResponse:
    """Rendered without the database: whatever broke may be the database."""
    return HttpResponse(_plain_500(), status=500)


def _plain_500() -> str:
    from django.template.loader import render_to_string

    return render_to_string("500.html", {"direction": "rtl" if translation.get_language_bidi() else "ltr"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; nothing typed is lost: the browser's Back still has it."""
    return render(request, "403_csrf.html", status=403)


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /accounts/",
        "Disallow: /dashboard/",
        "Disallow: /search/",
        "Disallow: /admin/",
        f"Sitemap: {settings.SITE_URL}{reverse('shop:sitemaps')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def health(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers and reaches its database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
