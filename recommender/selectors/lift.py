"""What picking for people is good for: those it is done for beside those who were held out."""

import datetime as dt
from collections.abc import Mapping
from math import sqrt
from typing import Any, NamedTuple

from django.db import connection

from recommender.lookers import Arm

MEASURES = ("dwell", "saves", "asks", "paid")  # seconds in shop, then counts, of each person
Z = 1.96  # limits that hold in 95 of 100 such spans
# Who did or was shown anything in the span counts, also with nothing; who changed her group by signing in does not.
_ARMS = """
WITH deeds AS (
    SELECT coalesce(person_id::text, guest) AS who, person_id, arm, kind, dwell_ms FROM recommender_interaction
    WHERE at >= %(since)s AND at < %(until)s AND arm <> ''
    UNION ALL
    SELECT coalesce(person_id::text, guest), person_id, arm, '', 0 FROM recommender_impression
    WHERE at >= %(since)s AND at < %(until)s AND arm <> ''
), people AS (
    SELECT min(arm) AS arm, max(person_id) AS person_id, coalesce(sum(dwell_ms), 0)::float8 / 1000 AS dwell,
        count(*) FILTER (WHERE kind = 'save')::float8 AS saves, count(*) FILTER (WHERE kind = 'pay')::float8 AS paid
    FROM deeds GROUP BY who HAVING min(arm) = max(arm)
), asks AS (
    SELECT shopper_id, count(*)::float8 AS asks FROM chat_conversation
    WHERE opened_at >= %(since)s AND opened_at < %(until)s GROUP BY shopper_id
)
SELECT arm, count(*), {measures} FROM (
    SELECT people.*, coalesce(asks.asks, 0) AS asks FROM people LEFT JOIN asks ON asks.shopper_id = people.person_id
) people GROUP BY arm
"""


class Measure(NamedTuple):
    """``variance`` among people; None where there are fewer than two."""

    total: float
    mean: float
    variance: float | None

    def limits(self, people: int) -> tuple[float, float]:
        """Between which the mean of ever more such people would be; the mean itself where nobody can say."""
        reach = Z * sqrt((self.variance or 0) / max(people, 1))
        return self.mean - reach, self.mean + reach


class ArmFigures(NamedTuple):
    people: int
    measures: dict[str, Measure]


class Lift(NamedTuple):
    """By which part of the held-out people's mean the others' is larger, with its limits."""

    value: float
    low: float
    high: float


def get_arms(since: dt.datetime, until: dt.datetime) -> dict[str, ArmFigures]:
    """Both groups in a span of days, those of them in which anybody was. One query that reads the whole span of the
    log: for a worker, not for a page."""
    columns = ", ".join(f"sum({name}), avg({name}), var_samp({name})" for name in MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(_ARMS.format(measures=columns), {"since": since, "until": until})
        rows = cursor.fetchall()
    return {
        arm: ArmFigures(people, {name: Measure(*told[3 * n : 3 * n + 3]) for n, name in enumerate(MEASURES)})
        for arm, people, *told in rows
    }


def to_json(arms: Mapping[str, ArmFigures]) -> dict[str, Any]:
    return {arm: {"people": figures.people, **figures.measures} for arm, figures in arms.items()}


def from_json(kept: Mapping[str, Any]) -> dict[str, ArmFigures]:
    return {
        arm: ArmFigures(told["people"], {name: Measure(*told[name]) for name in MEASURES}) for arm, told in kept.items()
    }


def get_lift(arms: Mapping[str, ArmFigures], name: str) -> Lift | None:
    """Of one measure; None while a group is missing, has one member, or the held-out people did nothing of it."""
    picked, held_out = arms.get(Arm.PICKED), arms.get(Arm.HELD_OUT)
    if picked is None or held_out is None:
        return None
    ours, theirs = picked.measures[name], held_out.measures[name]
    if ours.variance is None or theirs.variance is None or theirs.mean <= 0:
        return None
    ratio = ours.mean / theirs.mean
    spread = ours.variance / picked.people + ratio**2 * theirs.variance / held_out.people
    reach = Z * sqrt(spread) / theirs.mean
    return Lift(ratio - 1, ratio - 1 - reach, ratio - 1 + reach)
