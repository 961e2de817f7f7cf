"""HTML that takes long to make, kept in the cache under the edition of what it shows.

An edition is any value whose ``repr`` changes whenever the HTML would: then age does not matter, and each process may
hold the pieces it shows most in its own memory, in front of the cache that all share. What differs from person to
person stands in the HTML in both states, each behind a CUT (off first), and is chosen when it is shown.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

CUT = "\0"  # PostgreSQL keeps no text with it, so nobody can have written it
SECONDS = 60 * 60 * 24
MOST = 2000  # pieces in a process's memory: some 4 MB of cards, at worst 40 MB of whole product pages


class Memory:
    """The pieces this process showed last; safe for threads. Nobody may change what it hands out."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._pieces: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        with self._lock:
            found = {key: self._pieces[key] for key in keys if key in self._pieces}
            for key in found:
                self._pieces.move_to_end(key)
        return found

    def set_many(self, pieces: Mapping[str, Any]) -> None:
        with self._lock:
            self._pieces |= pieces
            while len(self._pieces) > self.most:
                self._pieces.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pieces.clear()


memory = Memory(MOST)


def keep(
    kind: str, editions: Sequence[object], make: Callable[[list[int]], dict[int, Any]], seconds: int = SECONDS
) -> list[Any]:
    """HTML (or a tuple of it) of each edition in the current language. ``make`` is given the places of those not
    kept, and returns the HTML by place; one it leaves out is empty."""
    if settings.DEBUG:  # templates change under a running process
        made = make([*range(len(editions))])
        return [made.get(place, "") for place in range(len(editions))]
    start = f"{kind}:{get_language()}:"
    keys = [start + hashlib.sha256(repr(edition).encode()).hexdigest() for edition in editions]
    kept = memory.get_many(keys)
    if places := [place for place, key in enumerate(keys) if key not in kept]:
        found = _from_cache(keys, places, make, seconds)
        memory.set_many(found)
        kept |= found
    return [kept.get(key, "") for key in keys]


def _from_cache(
    keys: Sequence[str], places: Sequence[int], make: Callable[[list[int]], dict[int, Any]], seconds: int
) -> dict[str, Any]:
    """What is wanted at these places, from the cache or made now and put there."""
    found: dict[str, Any] = cache.get_many([keys[place] for place in places])
    missing = [place for place in places if keys[place] not in found]
    if missing:
        made = {keys[place]: html for place, html in make(missing).items()}
        cache.set_many(made, seconds)
        found |= made
    return found


def choose(html: str, *states: bool) -> SafeString:
    """The HTML with each of its switches, in order, in the given state."""
    pieces = html.split(CUT)  # text, off, on, text, off, on, text
    for place, is_on in enumerate(states[: len(pieces) // 3]):
        pieces[3 * place + (1 if is_on else 2)] = ""
    return mark_safe("".join(pieces))  # noqa: S308 - made by a template
