"""What picking for people is good for, counted at night: the log of weeks is too much for a page."""

from django.utils import timezone

from recommender.models import Comparison
from recommender.selectors import lift


def keep_comparison() -> Comparison | None:
    """Compares both groups since the round began; returns what was kept, if anybody can be counted."""
    now = timezone.now()
    since = lift.get_start(now)
    arms = lift.get_arms(since, now)
    return Comparison.objects.create(at=now, since=since, figures=lift.to_json(arms)) if arms else None
