"""What becomes of an ad is written down without a page waiting, and made into days."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from ads.buffer import events
from ads.models import Campaign, Event, Lift
from ads.selectors import report
from ads.tokens import Token
from recommender.selectors.lift import to_json


def record(*, token: Token, kind: str, day: dt.date, person_id: int | None, reason: str = "") -> None:
    """Hands an event over to the thread that writes it. Only a click that is charged has a price."""
    is_charged = kind == Event.Kind.CLICK and not reason
    events.put(
        [
            (
                token.campaign_id,
                str(kind),
                token.who,
                token.window_at,
                timezone.now(),
                day,
                person_id,
                token.placement,
                token.price_minor if is_charged else 0,
                str(reason),
            )
        ]
    )


@transaction.atomic
def roll_up(*, days: int = 2) -> None:
    """Counts the last days of all campaigns anew, from events and what people did after them: again gives the same."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - dt.timedelta(days=days)
    first = since.date() + dt.timedelta(days=1)  # of it every market's clock shows all
    params: dict[str, Any] = {"since": since, "first": first, **report.clock_params()}
    with connection.cursor() as cursor:
        for statement in report.ROLL_UP:
            cursor.execute(statement, params)


def measure_lifts(*, after: int = 0, limit: int = 100) -> int | None:
    """Compares, for campaigns of which all events are still kept, those who got the ad with those who did not.

    One portion, in order of their numbers; returns ``after`` of the next, None behind the last.
    """
    now = timezone.now()
    # One day less than is kept, which is by UTC: a market's day may begin on the one before.
    kept_since = now.date() - dt.timedelta(days=settings.AD_EVENT_DAYS - 1)
    first_days = Campaign.objects.filter(pk__gt=after).annotate(first_day=Min("counts__day"))
    portion = list(first_days.filter(first_day__gte=kept_since).order_by("pk")[:limit])
    for campaign in portion:
        if arms := report.get_arms(campaign, now):
            Lift.objects.update_or_create(campaign=campaign, defaults={"figures": to_json(arms), "at": now})
    return portion[-1].pk if len(portion) == limit else None


def prune() -> int:
    """Makes the days to come and drops those past what is kept; returns how many were dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ads_keep_days(%s)", [settings.AD_EVENT_DAYS])
        return int(cursor.fetchone()[0])
