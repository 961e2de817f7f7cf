"""Guests' shared pages in a process's own memory, in front of Django: a page asked for again costs no more than a look.

``core.middleware.guest_page_cache`` decides what is shared and keeps it in the cache for all processes; what it hands
out is remembered here under the raw request, at most until it is old.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from core.pages import GUEST_PAGES_BORN

SHARED = "bisat.shared"  # key of the WSGI environment under which the middleware hands over what it shares
MOST = 256  # pages in memory, some 10 MB
LOOK_EVERY = 0.1  # seconds between looks at whether all pages were made old
_ASKED = (
    "REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING", "HTTP_X_FORWARDED_PROTO", "HTTP_HX_REQUEST", "HTTP_HX_TARGET",
)  # fmt: skip
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Shared(NamedTuple):
    """A page for all guests without history."""

    content: bytes
    headers: dict[str, str]
    born: str | None  # the value of GUEST_PAGES_BORN it was made under
    until: float  # seconds since 1970


def new_token() -> str:
    """A CSRF cookie's value: 32 letters and digits, as Django's own."""
    return secrets.token_hex(16)


class SharedPages:
    """A WSGI application that answers from memory where it can and asks ``application`` where it cannot."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.pages: OrderedDict[tuple[Any, ...], Shared] = OrderedDict()
        self.born: str | None = None
        self.looked_at = 0.0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        cookies = environ.get("HTTP_COOKIE", "")
        if environ["REQUEST_METHOD"] != "GET" or f"{settings.SESSION_COOKIE_NAME}=" in cookies:
            return self.application(environ, start_response)
        key = (*(environ.get(name) for name in _ASKED), *self._choices(cookies))
        page = self._find(key)
        if page is None:
            answer = self.application(environ, start_response)
            if shared := environ.get(SHARED):
                self._remember(key, shared)
            return answer
        headers = [*page.headers.items()]
        if f"{settings.CSRF_COOKIE_NAME}=" not in cookies:
            headers.append(("Set-Cookie", self._csrf_cookie()))
        start_response("200 OK", headers)
        return [page.content]

    @staticmethod
    def _choices(cookies: str) -> list[str]:
        """The cookies that change a shared page: all but the CSRF token's."""
        parts = (part.strip() for part in cookies.split(";"))
        return sorted(part for part in parts if part and not part.startswith(f"{settings.CSRF_COOKIE_NAME}="))

    def _find(self, key: tuple[Any, ...]) -> Shared | None:
        page, now = self.pages.get(key), time.time()
        if page is None or page.until <= now:
            return None
        if now - self.looked_at > LOOK_EVERY:
            self.born, self.looked_at = cache.get(GUEST_PAGES_BORN), now
        return page if page.born == self.born else None

    def _remember(self, key: tuple[Any, ...], page: Shared) -> None:
        self.pages[key] = page
        self.pages.move_to_end(key)
        while len(self.pages) > MOST:
            self.pages.popitem(last=False)

    @staticmethod
    def _csrf_cookie() -> str:
        secure = "; Secure" if settings.CSRF_COOKIE_SECURE else ""
        age = settings.CSRF_COOKIE_AGE
        return f"{settings.CSRF_COOKIE_NAME}={new_token()}; Max-Age={age}; Path=/; SameSite=Lax{secure}"
