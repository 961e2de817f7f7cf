"""The log of what people do. Writing it never holds up a page: rows go through recommender.buffer."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Consent
from payments.models import RequestTransition
from recommender import buffer
from recommender.lookers import Looker
from recommender.models import Impression, Interaction
from recommender.selectors import histories

LONGEST_LOOK = dt.timedelta(minutes=30) // dt.timedelta(milliseconds=1)
TABLES = ("recommender_interaction", "recommender_impression")


class Shown(NamedTuple):
    product_id: int
    slot: int
    probability: float


def record(
    *,
    looker: Looker,
    kind: str,
    product_id: int | None = None,
    channel_id: int | None = None,
    dwell_ms: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """One thing done. A look is told of twice, when it begins and when it ends: only the second has a length."""
    if looker.is_known and not looker.is_quiet:
        length = None if dwell_ms is None else max(0, min(dwell_ms, LONGEST_LOOK))
        buffer.interactions.put(
            [
                (
                    at or timezone.now(),
                    looker.person_id,
                    looker.guest,
                    product_id,
                    channel_id,
                    str(kind),
                    length,
                    looker.arm,
                )
            ]
        )


def record_impressions(*, looker: Looker, place: str, shown: Sequence[Shown], at: dt.datetime | None = None) -> None:
    """What was shown at one moment in one place."""
    if looker.is_quiet:
        return
    who, arm = (at or timezone.now(), looker.person_id, looker.guest), looker.arm
    buffer.impressions.put([(*who, each.product_id, place, each.slot, each.probability, arm) for each in shown])


def forget(*, looker: Looker) -> None:
    """Her looks are forgotten, as she asked; what she saved or refused is not."""
    if looker.is_known:
        kinds = (Interaction.Kind.VIEW, Interaction.Kind.SEARCH_CLICK)
        Interaction.objects.filter(**looker.owner, kind__in=kinds).delete()
        read_again(looker)


def forget_all(*, person_id: int) -> None:
    """She does not want to be picked for: what was written down for it goes."""
    for log in (Interaction, Impression):
        log.objects.filter(person_id=person_id).delete()
    read_again(Looker(person_id))


def note(*, transition: RequestTransition, kind: str) -> None:
    """A request's step as a deed of the buyer; once, in the caller's transaction."""
    request = transition.request
    if Consent.Purpose.PICKS in request.buyer.declined:
        return
    looker = Looker(request.buyer_id, grouped_as=request.buyer.grouped_as)
    Interaction.objects.create(
        at=transition.at,
        person_id=request.buyer_id,
        product_id=request.product_id,
        channel_id=request.channel_id,
        kind=kind,
        arm=looker.arm,
    )
    read_again(looker)


def note_question(*, person_id: int) -> None:
    """She asked about a thing; the conversation itself is what the log says."""
    read_again(Looker(person_id))


def read_again(looker: Looker) -> None:
    """Once what changed the log is committed."""
    transaction.on_commit(lambda: histories.outdate(looker))


def prune() -> int:
    """Makes the days to come and drops those past what is kept; returns how many were dropped."""
    kept = dict(zip(TABLES, (settings.INTERACTION_DAYS, settings.IMPRESSION_DAYS), strict=True))
    dropped = 0
    with connection.cursor() as cursor:
        for table, days in kept.items():
            cursor.execute("SELECT recommender_keep_days(%s, %s)", [table, days])
            dropped += cursor.fetchone()[0]
    return dropped
