"""What a guest's session remembers until she signs up: saves, follows, looks and searches; bounded, newest first.

The session holds ``{"saves": [product ids], "follows": [channel ids], "views": [[product id, epoch seconds], ...],
"searches": [words, ...]}`` under ``KEY``, and her ``key`` in the log of what people do; the same dict travels with
``accounts.signals.guest_joined``. A guest who did none of this has no session.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import purposes
from recommender.lookers import Looker

KEY = "guest"
ORDER = "feed_order"  # in any session: a person's too
MAX_SAVES = MAX_FOLLOWS = 200
MAX_VIEWS = 50
MAX_SEARCHES = 20


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at a page: a person, or a guest with what her session remembers."""

    person_id: int | None = None
    saves: tuple[int, ...] = ()
    follows: tuple[int, ...] = ()
    views: tuple[tuple[int, int], ...] = ()  # product id, epoch seconds
    searches: tuple[str, ...] = ()
    key: str = ""
    grouped_as: str = ""  # a person's, who was a guest once
    is_quiet: bool = False  # does not want to be picked for

    @property
    def looker(self) -> Looker:
        return Looker(self.person_id, self.key, self.grouped_as, self.is_quiet)


def visitor(request: HttpRequest) -> Visitor:
    """Who is looking. Touches the session only of somebody who has one."""
    is_quiet = purposes.Purpose.PICKS in purposes.declined(request)
    if request.user.is_authenticated:
        return Visitor(person_id=request.user.pk, grouped_as=request.user.grouped_as, is_quiet=is_quiet)
    kept = _kept(request)
    return Visitor(
        saves=tuple(kept.get("saves", ())),
        follows=tuple(kept.get("follows", ())),
        views=tuple((product, at) for product, at in kept.get("views", ())),
        searches=tuple(kept.get("searches", ())),
        key=kept.get("key", ""),
        is_quiet=is_quiet,
    )


def keep_save(request: HttpRequest, *, product_id: int, on: bool) -> None:
    """Saves or forgets a product; of more than ``MAX_SAVES`` the oldest go."""
    _keep(request, "saves", product_id, on=on, most=MAX_SAVES)


def keep_follow(request: HttpRequest, *, channel_id: int, on: bool) -> None:
    """Follows or leaves a channel; of more than ``MAX_FOLLOWS`` the oldest go."""
    _keep(request, "follows", channel_id, on=on, most=MAX_FOLLOWS)


def keep_view(request: HttpRequest, *, product_id: int) -> None:
    """Remembers a look at a product; a second look moves it to the front."""
    kept = _begun(request)
    others = [view for view in kept.get("views", ()) if view[0] != product_id]
    request.session[KEY] = kept | {"views": [[product_id, int(time.time())], *others][:MAX_VIEWS]}


def keep_search(request: HttpRequest, *, words: str, on: bool) -> None:
    """Remembers or forgets a search; of more than ``MAX_SEARCHES`` the oldest go."""
    _keep(request, "searches", words, on=on, most=MAX_SEARCHES)


def forget_searches(request: HttpRequest) -> None:
    if kept := _kept(request):
        request.session[KEY] = kept | {"searches": []}


def forget_views(request: HttpRequest) -> None:
    if kept := _kept(request):
        request.session[KEY] = kept | {"views": []}


def keep_order(request: HttpRequest, asked: str, known: Sequence[str]) -> str:
    """The order of her feed: the one asked for, else the one she chose last, else the first known. Begins no session."""
    session = request.session
    kept: str = session.get(ORDER, known[0]) if settings.SESSION_COOKIE_NAME in request.COOKIES else known[0]
    if asked not in known:
        return kept if kept in known else known[0]
    if asked != kept and settings.SESSION_COOKIE_NAME in request.COOKIES:
        session[ORDER] = asked
    return asked


def _kept(request: HttpRequest) -> dict[str, Any]:
    session = getattr(request, "session", None)
    if session is None or (settings.SESSION_COOKIE_NAME not in request.COOKIES and not session.modified):
        return {}  # without a cookie there is only what this request began
    kept: dict[str, Any] = session.get(KEY, {})
    return kept


def begin(request: HttpRequest) -> None:
    """Gives the guest a history, though still an empty one."""
    request.session[KEY] = _begun(request)


def _begun(request: HttpRequest) -> dict[str, Any]:
    return {"key": secrets.token_urlsafe(12)} | _kept(request)


def _keep(request: HttpRequest, kind: str, pk: int | str, *, on: bool, most: int) -> None:
    kept = _begun(request)
    others = [other for other in kept.get(kind, ()) if other != pk]
    request.session[KEY] = kept | {kind: [pk, *others][:most] if on else others}
