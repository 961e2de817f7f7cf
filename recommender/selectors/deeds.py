"""What people did with things, one row a pair: read for training and, of one looker, for her lists."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from recommender.lookers import Looker
from recommender.models import Interaction

HISTORY = 100  # things of a person that count
MOST = 1000  # changed products that are asked for at once
SHORT_MS, SHORT = 3000, 0.3  # a look that is known to have been short, and what it says
_WEIGHTS = " ".join(f"WHEN '{kind}' THEN {weight}" for kind, weight in Interaction.WEIGHTS.items())
_KINDS = ", ".join(f"'{kind}'" for kind in Interaction.WEIGHTS)
# Questions stand in a table of their own.
_DEEDS = f"""
SELECT person_id, guest, product_id, at, CASE
    WHEN kind = 'view' AND dwell_ms < {SHORT_MS} THEN {SHORT} ELSE CASE kind {_WEIGHTS} END END AS weight
FROM recommender_interaction WHERE product_id IS NOT NULL AND kind IN ({_KINDS}) AND {{ours}}
UNION ALL
SELECT shopper_id, '', product_id, opened_at, {Interaction.WEIGHTS[Interaction.Kind.ASK]}
FROM chat_conversation WHERE product_id IS NOT NULL AND {{asked}}
"""  # noqa: S608 - our own words
_HISTORY = """
SELECT product_id, max(weight)::float8, extract(epoch FROM max(at))::float8 FROM ({deeds}) deeds
GROUP BY product_id ORDER BY max(at) DESC, product_id LIMIT %(most)s
"""
# Who by number: a person's own, below zero a guest's. Oldest first of each.
_LOG = """
SELECT coalesce(person_id, hashtextextended(guest, 0) | (1::bigint << 63)) AS who, product_id,
    max(weight)::real AS weight, greatest(extract(epoch FROM %(until)s - max(at)) / 86400, 0)::real AS days
FROM ({deeds}) deeds WHERE person_id IS NOT NULL OR guest <> '' GROUP BY 1, 2
"""
# Who is told of with one of these things.
_PEOPLE = """
SELECT person_id FROM recommender_interaction WHERE product_id = ANY(%(ids)s)
UNION ALL SELECT shopper_id FROM chat_conversation WHERE product_id = ANY(%(ids)s)
"""
# Things whose first event is at one moment stay together, or the next round would begin behind some of them.
_CHANGED = """
SELECT product_id, min(at) FROM ({deeds}) deeds GROUP BY product_id
ORDER BY min(at) FETCH FIRST %(most)s ROWS WITH TIES
"""


class Past(NamedTuple):
    product_id: int
    weight: float
    at: float  # seconds since 1970


class Changed(NamedTuple):
    """Products with an event of a stretch of time, all of them up to ``until``."""

    ids: list[int]
    until: dt.datetime


def get_history(looker: Looker) -> list[Past]:
    """What she touched, newest first, from the log; one query. Lists ask recommender.selectors.histories."""
    if not looker.is_known:
        return []
    mine = "person_id = %(person)s" if looker.person_id else "guest = %(guest)s"
    asked = "shopper_id = %(person)s" if looker.person_id else "FALSE"
    params = {"person": looker.person_id, "guest": looker.guest, "most": HISTORY}
    return [Past(*row) for row in _rows(_HISTORY.format(deeds=_DEEDS.format(ours=mine, asked=asked)), params)]


def copy_log(until: dt.datetime, product_ids: list[int] | None = None) -> Iterator[bytes]:
    """All that was done before ``until``: who, product (bigint), weight, age in days (real), ordered by who and her
    oldest first; with ``product_ids`` only by people who touched one of them. PostgreSQL's binary rows as they come, so
    that nobody holds them twice."""
    ours, asked = "at <= %(until)s", "opened_at <= %(until)s"
    if product_ids is not None:
        ours += f""" AND (person_id IN ({_PEOPLE})
            OR guest <> '' AND guest IN (SELECT guest FROM recommender_interaction WHERE product_id = ANY(%(ids)s)))"""  # noqa: S608 - our own words
        asked += f" AND shopper_id IN ({_PEOPLE})"
    log = _LOG.format(deeds=_DEEDS.format(ours=ours, asked=asked))
    sql = f"COPY ({log} ORDER BY who, days DESC, product_id) TO STDOUT (FORMAT binary)"
    params = {"until": until, "ids": product_ids}
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(sql, params) as copy,
    ):  # Django's own for DEBUG takes no params
        yield from copy


def get_changed(since: dt.datetime, until: dt.datetime, most: int = MOST) -> Changed:
    """Products with an event after ``since`` and not after ``until``, in the order of their first ones: ``most`` of them and
    whatever came at the same moment as the last."""
    inside = "{0} > %(since)s AND {0} <= %(until)s"
    deeds = _DEEDS.format(ours=inside.format("at"), asked=inside.format("opened_at"))
    rows = _rows(_CHANGED.format(deeds=deeds), {"since": since, "until": until, "most": most})
    return Changed([pk for pk, _at in rows], until if len(rows) < most else rows[-1][1])


def get_totals(until: dt.datetime, product_ids: list[int], half_life: float) -> dict[int, float]:
    """What is left of each product's events, as training counts them."""
    faded = "sum(weight * power(2, -days / %(half_life)s))" if half_life else "sum(weight)"
    sql = f"SELECT product_id, {faded}::float8 FROM ({_LOG}) log (who, product_id, weight, days) GROUP BY 1"  # noqa: S608
    deeds = _DEEDS.format(
        ours="at <= %(until)s AND product_id = ANY(%(ids)s)",
        asked="opened_at <= %(until)s AND product_id = ANY(%(ids)s)",
    )
    params = {"until": until, "ids": product_ids, "half_life": half_life}
    return dict(_rows(sql.format(deeds=deeds), params))


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
