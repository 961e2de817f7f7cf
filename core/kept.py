"""HTML that takes long to make, kept in the cache under the edition of what it shows.

An edition is any value whose ``repr`` changes whenever the HTML would: then age does not matter. What differs from
person to person stands in the HTML in both states, each behind a CUT (off first), and is chosen when it is shown.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

CUT = "\0"  # PostgreSQL keeps no text with it, so nobody can have written it
SECONDS = 60 * 60 * 24


def keep(
    kind: str, editions: Sequence[object], make: Callable[[list[int]], dict[int, Any]], seconds: int = SECONDS
) -> list[Any]:
    """HTML (or a tuple of it) of each edition in the current language. ``make`` is given the places of those not
    kept, and returns the HTML by place; one it leaves out is empty."""
    keys = [f"{kind}:{get_language()}:{hashlib.sha256(repr(edition).encode()).hexdigest()}" for edition in editions]
    kept: dict[str, Any] = cache.get_many(keys) if keys else {}
    missing = [place for place, key in enumerate(keys) if key not in kept]
    if missing:
        made = {keys[place]: html for place, html in make(missing).items()}
        cache.set_many(made, seconds)
        kept |= made
    return [kept.get(key, "") for key in keys]


def choose(html: str, *states: bool) -> SafeString:
    """The HTML with each of its switches, in order, in the given state."""
    pieces = html.split(CUT)  # text, off, on, text, off, on, text
    for place, is_on in enumerate(states[: len(pieces) // 3]):
        pieces[3 * place + (1 if is_on else 2)] = ""
    return mark_safe("".join(pieces))  # noqa: S308 - made by a template
