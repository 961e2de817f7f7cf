"""What people may say no to: optional uses of what they do. Whatever a page needs to work is not asked for.

A person's choices are rows (``Consent``) and, for pages, a column of hers; a guest's are a cookie of the version of the
words she said yes or no to, and what she declined.
"""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Consent

COOKIE = "choices"
YEAR = 60 * 60 * 24 * 365
Purpose = Consent.Purpose


def unasked() -> frozenset[str]:
    """What counts as declined while nobody was asked."""
    return frozenset(Purpose.values) if settings.CONSENT_FIRST else frozenset()


def declined(request: HttpRequest) -> frozenset[str]:
    """Purposes that whoever is here said no to; no query."""
    if request.user.is_authenticated:
        return frozenset(request.user.declined)
    return declined_by_cookie(request)


def declined_by_cookie(request: HttpRequest) -> frozenset[str]:
    """A guest's choices."""
    version, _, names = request.COOKIES.get(COOKIE, "").partition(":")
    if version != str(Consent.VERSION):
        return unasked()
    return frozenset(names.split(".")) & frozenset(Purpose.values)


def has_chosen(request: HttpRequest) -> bool:
    """Whether a guest's cookie is of the words as they are now."""
    return request.COOKIES.get(COOKIE, "").startswith(f"{Consent.VERSION}:")


def remember(response: HttpResponse, declined: Collection[str]) -> None:
    """A guest's choices, for a year."""
    value = f"{Consent.VERSION}:{'.'.join(sorted(declined))}"
    response.set_cookie(COOKIE, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True, path="/")
