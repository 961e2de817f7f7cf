"""What views of all rooms share: fragments for htmx, shared guest pages, keyset pages."""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from core.markets import Market

GUEST_PAGES_BORN = "pages:born"  # cache key: pages kept under another value of it are old
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)
Row = TypeVar("Row")
View = Callable[..., HttpResponse]


def cache_for_guests(view: View) -> View:
    """Marks a page as the same for all guests without history (see core.middleware.guest_page_cache).

    A view whose page may not be as old as others sets ``guests_share_seconds`` on its response.
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.guests_may_share = not request.user.is_authenticated  # type: ignore[attr-defined]
        return response

    return marked


def forget_guest_pages() -> None:
    """Makes all shared guest pages old, for when something must vanish at once."""
    cache.set(GUEST_PAGES_BORN, secrets.token_hex(8), None)


def page_or_fragment(
    request: "Request", template: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or for htmx the named partial inside it."""
    name = f"{template}#{fragment}" if request.htmx else template
    return render(request, name, context, status=status)


def tell_page(response: HttpResponse, event: str) -> None:
    """Lets the page hear ``event`` on its body when htmx has this answer: what was pressed may be gone by then."""
    response["HX-Trigger"] = json.dumps({event: {"target": "body"}})


def safe_next(request: HttpRequest, default: str) -> str:
    """The ``next`` address of the request if it is ours, else ``default``."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else default


def numbers_in(text: str, most: int) -> list[int]:
    """The first ``most`` numbers that an address lists, as "12,15"; whatever is none is left out."""
    return [int(part) for part in text.split(",")[:most] if part.isascii() and part.isdigit() and len(part) < 19]


class Request(HttpRequest):
    """A request as our middleware hands it on."""

    market: "Market"
    htmx: "HtmxDetails"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a keyset list; ``next_cursor`` is empty on the last."""

    rows: Sequence[Row]
    next_cursor: str


class BadCursor(ValueError):
    """The cursor in the address is not one we made."""


def encode_cursor(*values: int) -> str:
    return ".".join(format(value, "x") for value in values)


def decode_cursor(cursor: str, length: int) -> list[int]:
    """The integers of a cursor; raises BadCursor."""
    try:
        values = [int(part, 16) for part in cursor.split(".")]
    except ValueError:
        raise BadCursor(cursor) from None
    if len(values) != length or any(abs(value) >= 2**63 for value in values):
        raise BadCursor(cursor)
    return values


def cursor_at(moment: dt.datetime, pk: int) -> str:
    """The cursor of a row in a list by time."""
    return encode_cursor((moment - _EPOCH) // _TICK, pk)


def place_of(cursor: str) -> tuple[dt.datetime, int]:
    """The moment and the pk that ``cursor_at`` was given. Raises BadCursor."""
    ticks, pk = decode_cursor(cursor, 2)
    try:
        return _EPOCH + ticks * _TICK, pk
    except OverflowError:
        raise BadCursor(cursor) from None
