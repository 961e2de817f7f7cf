"""What picking for people is good for, counted at night: the log of weeks is too much for a page."""

import datetime as dt

from django.utils import timezone

from recommender.models import Comparison
from recommender.selectors import lift

SPANS = (7, 28)  # days


def keep_comparisons() -> list[Comparison]:
    """Compares both groups over each of SPANS, as far as anybody is held out; returns what was kept."""
    now = timezone.now()
    arms = {days: lift.get_arms(now - dt.timedelta(days=days), now) for days in SPANS}
    return [
        Comparison.objects.create(at=now, days=days, figures=lift.to_json(found))
        for days, found in arms.items()
        if found
    ]
