"""The log as PostgreSQL copies it out, made into arrays piece by piece. Needs numpy: workers and commands only."""

from collections.abc import Iterable, Iterator

import numpy as np

from recommender.training.log import Ints, Log

MOST = 100  # of a person's things that count, the newest
PIECE = 4 << 20  # bytes that are looked at together
_HEADER = 19  # bytes before the first row; two follow the last
_COLUMNS = {"who": ">i8", "product": ">i8", "weight": ">f4", "days": ">f4"}  # recommender.selectors.deeds.copy_log
_LENGTHS = [(name, [(f"{name}_length", ">i4"), (name, kind)]) for name, kind in _COLUMNS.items()]
_ROW = np.dtype([("columns", ">i2"), *(field for _name, fields in _LENGTHS for field in fields)])
_EVENT = np.dtype([("person", np.int32), ("item", np.int32), ("weight", np.float32), ("days", np.float32)])


def log_of(pieces: Iterable[bytes], products: np.ndarray) -> Log:
    """The newest things of everybody: people in the log's order, items in the order of ``products``."""
    found, people = [np.empty(0, _EVENT)], 0
    for rows in _whole_people(rows_of(pieces)):
        events, count = _events_of(rows, products)
        events["person"] += people
        people += count
        found.append(events)
    joined = np.concatenate(found)
    found.clear()
    who, item, weight, days = (np.ascontiguousarray(joined[name]) for name in ("person", "item", "weight", "days"))
    return Log(who, item, weight, days, (people, len(products)))


def _events_of(rows: np.ndarray, products: np.ndarray) -> tuple[np.ndarray, int]:
    """What is kept of whole people, who are numbered from 0, and how many they are."""
    known, places = places_in(products, rows["product"].astype(np.int64))
    who = rows["who"][known]
    starts = np.flatnonzero(np.append(True, who[1:] != who[:-1])[: len(who)])
    lengths = np.diff(np.append(starts, len(who)))
    newest = np.repeat(starts + lengths, lengths) - np.arange(len(who)) <= MOST
    events = np.empty(int(newest.sum()), _EVENT)
    events["person"] = np.repeat(np.arange(len(starts)), lengths)[newest]
    events["item"] = places[newest]
    events["weight"], events["days"] = rows["weight"][known][newest], rows["days"][known][newest]
    return events, len(starts)


def places_in(products: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, Ints]:
    """Which of ``wanted`` are among these ordered ids, and where."""
    if not len(products):
        return np.zeros(len(wanted), bool), np.empty(0, np.int32)
    places = np.minimum(np.searchsorted(products, wanted), len(products) - 1)
    known = products[places] == wanted
    return known, places[known].astype(np.int32)


def rows_of(pieces: Iterable[bytes]) -> Iterator[np.ndarray]:
    """PostgreSQL's binary rows, of which all are as long."""
    waiting, skip = bytearray(), _HEADER
    for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE:
            whole = skip + (len(waiting) - skip) // _ROW.itemsize * _ROW.itemsize
            yield np.frombuffer(bytes(waiting[skip:whole]), _ROW)
            del waiting[:whole]
            skip = 0
    count = max(len(waiting) - skip, 0) // _ROW.itemsize
    yield np.frombuffer(bytes(waiting[skip : skip + count * _ROW.itemsize]), _ROW)


def _whole_people(pieces: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The same rows, cut between two people."""
    kept = np.empty(0, _ROW)
    for piece in pieces:
        rows = np.concatenate((kept, piece))
        cut = int(np.argmax(rows["who"] == rows["who"][-1])) if len(rows) else 0
        kept = rows[cut:]
        if cut:
            yield rows[:cut]
    if len(kept):
        yield kept
