"""What somebody did, as her lists read it: kept in the cache for some minutes, with what she did since behind it.

The log has the truth and a partition for each day, so that asking it costs more than a whole list may. What was read
of it is kept under a token. Deeds are appended after they are in the log, and stay longer than what was read without
them; whatever changes the log otherwise sets another token, so that nothing read before it counts any more.
"""

import secrets
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from core.cache import shared as cache
from recommender.lookers import Looker
from recommender.models import Interaction
from recommender.selectors import deeds
from recommender.selectors.deeds import HISTORY, Past
from recommender.selectors.tables import LIVE

SECONDS = 600
MOST = 300  # deeds that are appended in that time and count: some tell of one thing several times
_PAST = struct.Struct("<qdd")


def get_history(looker: Looker) -> list[Past]:
    """What she touched, newest first, up to her last deed; at most one query."""
    return get_history_and(looker, LIVE)[0]


def get_history_and(looker: Looker, key: str) -> tuple[list[Past], Any]:
    """The same, and what the cache has under a key, on the same way."""
    if looker.is_quiet or not looker.is_known:
        return [], cache.get(key)
    token_key, read_key, new_key = _keys(looker)
    kept, new = cache.get_many_and_list([token_key, read_key, key], new_key, MOST)
    token = kept.get(token_key)
    if token and read_key in kept and kept[read_key][0] == token:
        history = [Past(*row) for row in _PAST.iter_unpack(kept[read_key][1])]
    else:
        token = token or _set_token(token_key)  # first: what is written from now on is appended
        history = deeds.get_history(looker)
        cache.set(read_key, (token, b"".join(_PAST.pack(*past) for past in history)), SECONDS)
    if new:
        history = _merged(history, [Past(*_PAST.unpack(row)) for row in new])
    return history, kept.get(key)


def _merged(history: Sequence[Past], new: Sequence[Past]) -> list[Past]:
    """As the log itself would say it: of each thing the most that was said and when it was said last."""
    found = {past.product_id: past for past in history}
    for past in new:
        known = found.get(past.product_id, past)
        found[past.product_id] = Past(past.product_id, max(known.weight, past.weight), max(known.at, past.at))
    return sorted(found.values(), key=lambda past: (-past.at, past.product_id))[:HISTORY]


def append(rows: Iterable[Sequence[Any]]) -> None:
    """Rows of the log, in the order of recommender.buffer, that are written now. Nobody's who reads no lists."""
    said: dict[Looker, list[bytes]] = {}
    for at, person_id, guest, product_id, _channel, kind, dwell_ms, _arm in rows:
        weight = Interaction.WEIGHTS.get(kind)
        if product_id is None or weight is None:
            continue
        is_short = kind == Interaction.Kind.VIEW and dwell_ms is not None and dwell_ms < deeds.SHORT_MS
        past = _PAST.pack(product_id, deeds.SHORT if is_short else weight, at.timestamp())
        said.setdefault(Looker(person_id, guest), []).append(past)
    keys = {looker: _keys(looker) for looker in said}
    readers = cache.get_bytes([token_key for token_key, _read_key, _new_key in keys.values()])
    new = {keys[looker][2]: pasts for looker, pasts in said.items() if keys[looker][0] in readers}
    if new:
        cache.append_many(new, 2 * SECONDS)


def outdate(looker: Looker) -> None:
    """Her history is read from the log again. To be called after what changed it is committed."""
    token_key, _read_key, new_key = _keys(looker)
    cache.delete(new_key)  # it is in the log; first, so that what comes now stays
    _set_token(token_key)


def _set_token(key: str) -> str:
    token = secrets.token_urlsafe(6)
    cache.set(key, token, 2 * SECONDS)
    return token


def _keys(looker: Looker) -> tuple[str, str, str]:
    name = looker.person_id or f"guest:{looker.guest}"
    return f"history:token:{name}", f"history:read:{name}", f"history:new:{name}"
