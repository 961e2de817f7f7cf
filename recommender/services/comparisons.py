"""What picking for people is good for, counted at night: the log of weeks is too much for a page."""

import datetime as dt

from django.utils import timezone

from recommender.models import Comparison
from recommender.selectors import lift


def keep_comparison(now: dt.datetime | None = None) -> Comparison | None:
    """Compares both groups since the round of ``now`` began; returns what was kept, if anybody can be counted."""
    now = now or timezone.now()
    since = lift.get_start(now)
    arms = lift.get_arms(since, now)
    return Comparison.objects.create(at=now, since=since, figures=lift.to_json(arms)) if arms else None
