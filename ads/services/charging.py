"""Clicks are charged in batches, each under a lease of the budget it may cost at most.

A lease is a row: what it holds is neither spent nor free, of the day and of the whole budget (both by a constraint) and
of the money behind them (ads.services.funding). A campaign has one open lease, so two workers never charge the same
clicks; a worker that dies leaves its lease to the next, under the same key. Locks are taken in one order: campaign,
day, lease, clicks, then those of funding.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ads.models import Campaign, CampaignDay, Event, Lease
from ads.services import funding

BATCH = 5_000  # clicks
PATIENCE = dt.timedelta(seconds=30)  # after which a lease is taken over
_PENDING = "kind = 'click' AND lease_id IS NULL AND reason = ''"
_WAITING = f"SELECT DISTINCT campaign_id FROM ads_event WHERE {_PENDING} LIMIT %s"  # noqa: S608 - our own words
_FIRST_DAY = f"""
SELECT day FROM ads_event WHERE {_PENDING} AND campaign_id = %(campaign)s ORDER BY day LIMIT 1
"""  # noqa: S608 - our own words
_WORTH = f"""
SELECT coalesce(sum(price_minor), 0)::bigint FROM (
    SELECT price_minor FROM ads_event WHERE {_PENDING} AND campaign_id = %(campaign)s AND day = %(day)s
    ORDER BY at LIMIT {BATCH}
) batch
"""  # noqa: S608 - our own words
_REFUSE = f"""
UPDATE ads_event SET reason = %(reason)s WHERE {_PENDING} AND campaign_id = %(campaign)s AND day = %(day)s
"""  # noqa: S608 - our own words
# In the order in which they came, as long as the lease lasts; the last one costs what is left of it.
_CHARGE = f"""
WITH batch AS MATERIALIZED (
    SELECT who, window_at, at, price_minor FROM ads_event
    WHERE {_PENDING} AND campaign_id = %(campaign)s AND day = %(day)s
    ORDER BY at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
), running AS (
    SELECT who, window_at, price_minor,
        sum(price_minor) OVER (ORDER BY at, who, window_at ROWS UNBOUNDED PRECEDING) - price_minor AS before
    FROM batch
), charged AS (
    UPDATE ads_event AS click
    SET lease_id = %(lease)s, cost_minor = least(running.price_minor, %(amount)s - running.before)
    FROM running
    WHERE click.campaign_id = %(campaign)s AND click.kind = 'click' AND click.who = running.who
        AND click.window_at = running.window_at AND running.before < %(amount)s
    RETURNING click.cost_minor
)
SELECT count(*), coalesce(sum(cost_minor), 0)::bigint FROM charged
"""  # noqa: S608 - our own words


class Charged(NamedTuple):
    clicks: int
    cost_minor: int


def get_waiting(most: int = 1_000) -> list[int]:
    """Campaigns with clicks that wait to be charged."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [most])
        return [pk for (pk,) in cursor.fetchall()]


def charge_clicks(*, campaign_id: int) -> Charged | None:
    """Charges one batch of one day's clicks, or none of them where nothing is left; None while no clicks wait, or
    somebody else charges them."""
    lease_id = take_lease(campaign_id=campaign_id)
    if lease_id is None:
        return None
    return settle_lease(lease_id=lease_id) if lease_id else Charged(0, 0)


@transaction.atomic
def take_lease(*, campaign_id: int) -> int | None:
    """Holds what the first waiting clicks cost, as far as day, whole budget and money allow; the lease's number.

    An open lease that is older than PATIENCE is taken over as it is. Where nothing is left, the day's waiting clicks are
    kept and never charged, with the reason, and 0 comes back. None: nothing to do.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    lease = Lease.objects.filter(campaign=campaign, state=Lease.State.OPEN).first()
    if lease:
        return _take_over(lease)
    params: dict[str, Any] = {"campaign": campaign.pk}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_DAY, params)
        found = cursor.fetchone()
        if found is None:
            return None
        params["day"] = found[0]
        cursor.execute(_WORTH, params)
        (worth,) = cursor.fetchone()
        day = _lock_day(campaign, found[0])
        room = min(worth, day.left_minor, campaign.left_minor)
        amount = funding.reserve(campaign=campaign, amount_minor=room) if room > 0 else 0
        if not amount:
            reason = Event.Reason.MONEY if room > 0 else Event.Reason.BUDGET
            cursor.execute(_REFUSE, params | {"reason": str(reason)})
            _touch(campaign, dry=room > 0)
            return 0
    lease = Lease.objects.create(campaign=campaign, day=day, amount_minor=amount)
    CampaignDay.objects.filter(pk=day.pk).update(leased_minor=F("leased_minor") + amount)
    Campaign.objects.filter(pk=campaign.pk).update(leased_minor=F("leased_minor") + amount)
    return lease.pk


def _take_over(lease: Lease) -> int | None:
    if lease.taken_at > timezone.now() - PATIENCE:
        return None
    Lease.objects.filter(pk=lease.pk).update(taken_at=timezone.now())
    return lease.pk


def _lock_day(campaign: Campaign, date: dt.date) -> CampaignDay:
    """The row of a day, with the budget as it is now but never less than what is gone already."""
    fresh = {"budget_minor": campaign.daily_budget_minor}
    CampaignDay.objects.get_or_create(campaign=campaign, day=date, defaults=fresh)
    day = CampaignDay.objects.select_for_update(no_key=True).get(campaign=campaign, day=date)
    budget = max(campaign.daily_budget_minor, day.spent_minor + day.leased_minor)
    if budget != day.budget_minor:
        day.budget_minor = budget
        day.save(update_fields=["budget_minor"])
    return day


@transaction.atomic
def settle_lease(*, lease_id: int) -> Charged | None:
    """Charges waiting clicks up to the lease, gives the rest back, and closes it: once, whoever comes again."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(leases=lease_id)
    lease = Lease.objects.select_for_update(no_key=True, of=("self",)).select_related("day").get(pk=lease_id)
    if lease.state != Lease.State.OPEN:
        return None
    params: dict[str, Any] = {
        "campaign": campaign.pk,
        "day": lease.day.day,
        "lease": lease.pk,
        "amount": lease.amount_minor,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHARGE, params)
        charged = Charged(*cursor.fetchone())
    funding.settle(
        campaign=campaign, reserved_minor=lease.amount_minor, cost_minor=charged.cost_minor, key=f"lease:{lease.pk}"
    )
    moved = {
        "leased_minor": F("leased_minor") - lease.amount_minor,
        "spent_minor": F("spent_minor") + charged.cost_minor,
    }
    CampaignDay.objects.filter(pk=lease.day_id).update(**moved)
    Campaign.objects.filter(pk=campaign.pk).update(**moved)
    Lease.objects.filter(pk=lease.pk).update(
        state=Lease.State.SETTLED, settled_at=timezone.now(), clicks=charged.clicks, cost_minor=charged.cost_minor
    )
    _touch(campaign, dry=False)
    return charged


def _touch(campaign: Campaign, *, dry: bool) -> None:
    """The auction reads it anew; ``dry``: there is budget and no money for it."""
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(changed_at=now, dry_at=now if dry else None)


def look_for_money() -> int:
    """Campaigns that ran dry run on once there is money for them; returns how many."""
    wet = [
        campaign.pk
        for campaign in Campaign.objects.filter(status=Campaign.Status.RUNNING, dry_at__isnull=False)
        if funding.get_available(campaign) > 0
    ]
    return Campaign.objects.filter(pk__in=wet).update(dry_at=None, changed_at=timezone.now())
