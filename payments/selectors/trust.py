"""What a channel's payments say to those who have never bought from it."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Q

from payments.machine import State
from payments.models import MoneyRequest

ENOUGH = 10  # payments; before, a rate says nothing
KEPT_SECONDS = 10 * 60


@dataclass(frozen=True, slots=True)
class Trust:
    """``completed``: payments that were held and released. ``dispute_rate`` of all payments, 0 to 1; None while few."""

    completed: int
    dispute_rate: float | None


def get_trust(channel_id: int) -> Trust:
    """Ten minutes old at most; one query when it is not kept."""
    key = f"trust:{channel_id}"
    kept: Trust | None = cache.get(key)
    if kept is None:
        kept = _count(channel_id)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _count(channel_id: int) -> Trust:
    paid = MoneyRequest.objects.filter(channel=channel_id, paid_at__isnull=False).aggregate(
        all=Count("pk"), released=Count("pk", filter=Q(state=State.RELEASED)), disputed=Count("dispute")
    )
    rate = paid["disputed"] / paid["all"] if paid["all"] >= ENOUGH else None
    return Trust(paid["released"], rate)
