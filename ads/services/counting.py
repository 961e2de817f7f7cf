"""What becomes of an ad is written down without a page waiting, and made into days."""

import datetime as dt

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ads.buffer import events
from ads.models import Event
from ads.selectors import report
from ads.tokens import Token


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


def roll_up(*, days: int = 2) -> int:
    """Counts the last days of all campaigns anew from events and what followed them; returns how many days of campaigns
    were written. Counting again gives the same."""
    since = timezone.now() - dt.timedelta(days=days)
    written = 0
    with connection.cursor() as cursor:
        for statement in report.ROLL_UP:
            cursor.execute(statement, {"since": since, "first": since.date()})
            written += cursor.rowcount
    return written


def prune() -> int:
    """Makes the days to come and drops those past what is kept; returns how many were dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ads_keep_days(%s)", [settings.AD_EVENT_DAYS])
        return int(cursor.fetchone()[0])
