"""What picking for people is good for: those it is done for beside those who were held out.

Limits are looked at every night, so they are confidence sequences (core.intervals). These ask for a start that stays
and for people whose figures change no more: a round begins on a fixed day, and of each person the first PERSON_DAYS
days since then are counted, once they are over.
"""

import datetime as dt
from collections.abc import Mapping
from math import exp, log, sqrt
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, models
from django.utils.translation import pgettext_lazy

from core.intervals import confidence_sequence
from recommender.lookers import Arm

MEASURES = ("dwell", "saves", "asks", "paid")  # seconds in shop, then counts, of each person
PERSON_DAYS = 7
ROUND_DAYS = 28  # as long as impressions are kept by default, in whole weeks
PLANNED = 5_000  # people of both groups in a round: where limits are to be narrowest
WIDEST = 4.0  # limits of a ratio that are so many times more and less than it say nothing
# Who did or was shown anything since the start counts, also with nothing; who changed her group by signing in does not.
_ARMS = """
WITH deeds AS NOT MATERIALIZED (
    SELECT coalesce(person_id::text, guest) AS who, person_id, arm, at, kind, dwell_ms FROM recommender_interaction
    WHERE at >= %(since)s AND at < %(until)s AND arm <> ''
    UNION ALL
    SELECT coalesce(person_id::text, guest), person_id, arm, at, '', 0 FROM recommender_impression
    WHERE at >= %(since)s AND at < %(until)s AND arm <> ''
), whole AS (
    SELECT who, min(at) AS first, min(at) + %(each)s AS last FROM deeds
    GROUP BY who HAVING min(at) + %(each)s <= %(until)s
), people AS (
    SELECT min(arm) AS arm, max(person_id) AS person_id, first, last,
        coalesce(sum(dwell_ms), 0)::float8 / 1000 AS dwell,
        count(*) FILTER (WHERE kind = 'save')::float8 AS saves, count(*) FILTER (WHERE kind = 'pay')::float8 AS paid
    FROM deeds JOIN whole USING (who) WHERE at < last GROUP BY who, first, last HAVING min(arm) = max(arm)
)
SELECT arm, count(*), {measures} FROM (
    SELECT people.*, (SELECT count(*) FROM chat_conversation WHERE shopper_id = people.person_id
        AND opened_at >= people.first AND opened_at < people.last)::float8 AS asks FROM people
) people GROUP BY arm
"""


class Measure(NamedTuple):
    """``variance`` among people; None where there are fewer than two."""

    total: float
    mean: float
    variance: float | None

    def limits(self, people: int, everybody: int) -> tuple[float, float]:
        """Between which the mean of ever more such people would be; the mean itself where nobody can say.
        ``everybody`` counts both groups."""
        return confidence_sequence(self.mean, sqrt((self.variance or 0) / people), everybody, PLANNED)


class ArmFigures(NamedTuple):
    people: int
    measures: dict[str, Measure]


class Verdict(models.TextChoices):
    MORE = "more", pgettext_lazy("comparison", "more")
    FEWER = "fewer", pgettext_lazy("comparison", "fewer")
    OPEN = "open", pgettext_lazy("comparison", "no difference shown yet")


class Lift(NamedTuple):
    """By which part of the held-out people's mean the others' is larger, with its limits."""

    value: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        return Verdict.MORE if self.low > 0 else Verdict.FEWER if self.high < 0 else Verdict.OPEN


def get_start(now: dt.datetime) -> dt.datetime:
    """Of the round that ``now`` is in: the same midnight on each of its days. No round outlasts the log."""
    days = min(ROUND_DAYS, settings.INTERACTION_DAYS, settings.IMPRESSION_DAYS)
    today = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - dt.timedelta(days=(today.toordinal() - 1) % days)


def get_arms(since: dt.datetime, until: dt.datetime) -> dict[str, ArmFigures]:
    """Both groups since ``since``, those of them of which anybody's days are over. One query that reads the whole span
    of the log: for a worker, not for a page."""
    columns = ", ".join(f"sum({name}), avg({name}), var_samp({name})" for name in MEASURES)
    params: dict[str, Any] = {"since": since, "until": until, "each": dt.timedelta(days=PERSON_DAYS)}
    with connection.cursor() as cursor:
        cursor.execute(_ARMS.format(measures=columns), params)
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


def get_lift(arms: Mapping[str, ArmFigures], name: str, planned: int = PLANNED) -> Lift | None:
    """Of one measure; None while a group is missing, has one member or did nothing of it, or limits are past WIDEST.

    The limits are those of the logarithm of the ratio (its variance by the delta method), taken back. Of the ratio
    itself they would be wrong too often for rare deeds: their variance is smallest when their mean is so by chance.
    """
    picked, held_out = arms.get(Arm.PICKED), arms.get(Arm.HELD_OUT)
    if picked is None or held_out is None:
        return None
    ours, theirs = picked.measures[name], held_out.measures[name]
    if ours.variance is None or theirs.variance is None or min(ours.mean, theirs.mean) <= 0:
        return None
    ratio = ours.mean / theirs.mean
    error = sqrt(ours.variance / (picked.people * ours.mean**2) + theirs.variance / (held_out.people * theirs.mean**2))
    low, high = (exp(end) for end in confidence_sequence(log(ratio), error, picked.people + held_out.people, planned))
    return Lift(ratio - 1, low - 1, high - 1) if high <= ratio * WIDEST else None
