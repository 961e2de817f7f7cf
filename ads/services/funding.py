"""What campaigns may spend: reserved first, charged when it is known what was shown (E8, E8b).

Locks are taken in one order: key, line, fund, statement, accounts of the ledger.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from ads.models import Campaign, CreditLine, Fund
from ads.services.errors import NoCreditLine, NotReserved
from payments import services as payments

_NOTE_IN_FUND = """
INSERT INTO ads_fund (campaign_id, is_prepaid, paid_minor, reserved_minor, spent_minor, returned_minor)
VALUES (%s, false, 0, %s, 0, 0)
ON CONFLICT (campaign_id) DO UPDATE SET reserved_minor = ads_fund.reserved_minor + EXCLUDED.reserved_minor
"""
_NOTE_SPENDING = """
INSERT INTO ads_spending (campaign_id, line_id, statement_id, cost_minor) VALUES (%s, %s, NULL, %s)
ON CONFLICT (campaign_id, statement_id) DO UPDATE SET cost_minor = ads_spending.cost_minor + EXCLUDED.cost_minor
"""


@transaction.atomic
def reserve(*, campaign: Campaign, amount_minor: int) -> int:
    """Takes up to ``amount_minor`` out of what the campaign may still spend; returns how much, 0 if nothing is left.

    On credit that is the channel's limit less what is owed and reserved, while its line is open and not late; else
    what was paid ahead for the campaign. The database refuses more, whoever asks at once. Raises BadAmount.
    """
    if amount_minor < 0:
        raise payments.BadAmount
    if campaign.funding == Campaign.Funding.CREDIT:
        granted = _take(CreditLine.objects.filter(channel=campaign.channel_id), amount_minor)
        if granted:
            with connection.cursor() as cursor:
                cursor.execute(_NOTE_IN_FUND, [campaign.pk, granted])
        return granted
    return _take(Fund.objects.filter(campaign=campaign, is_prepaid=True), amount_minor)


def _take(rows: QuerySet[Any], amount_minor: int) -> int:
    """Reserves in the one row, which is locked before what is free of it is read; the CHECK stands behind.

    One UPDATE that joins the row to what it had free would give too much: it reads that from before the lock.
    """
    row = rows.select_for_update(no_key=True).first()
    granted = min(amount_minor, row.free_minor) if row else 0
    if granted > 0:
        rows.update(reserved_minor=F("reserved_minor") + granted)
    return max(granted, 0)


def settle(*, campaign: Campaign, reserved_minor: int, cost_minor: int, key: str) -> None:
    """Gives a reservation back and charges what was shown of it; once a ``key``, and a cost of 0 only gives back.

    Raises BadAmount unless 0 <= cost <= reserved, NotReserved, KeyReused (the same key with other words).
    """
    if not 0 <= cost_minor <= reserved_minor:
        raise payments.BadAmount
    _settle(campaign=campaign, reserved_minor=reserved_minor, cost_minor=cost_minor, key=f"ads:settle:{key}")


@payments.verb
def _settle(*, campaign: Campaign, reserved_minor: int, cost_minor: int, key: str) -> Campaign:
    is_credit = campaign.funding == Campaign.Funding.CREDIT
    line_id = _move_line(campaign, reserved_minor, cost_minor) if is_credit else 0
    fund = Fund.objects.filter(campaign=campaign, is_prepaid=not is_credit, reserved_minor__gte=reserved_minor)
    if not fund.update(reserved_minor=F("reserved_minor") - reserved_minor, spent_minor=F("spent_minor") + cost_minor):
        raise NotReserved
    if cost_minor:
        if is_credit:
            with connection.cursor() as cursor:
                cursor.execute(_NOTE_SPENDING, [campaign.pk, line_id, cost_minor])
        payments.charge_ads(
            channel_id=campaign.channel_id,
            currency=campaign.currency,
            amount_minor=cost_minor,
            on_credit=is_credit,
            key=key,
        )
    return campaign


def _move_line(campaign: Campaign, reserved_minor: int, cost_minor: int) -> int:
    """From reserved to owed, on the channel's line; returns its number."""
    line = CreditLine.objects.select_for_update(no_key=True).filter(channel=campaign.channel_id).first()
    if line is None:
        raise NoCreditLine
    if line.reserved_minor < reserved_minor:
        raise NotReserved
    line.reserved_minor -= reserved_minor
    line.owed_minor += cost_minor
    line.save(update_fields=["reserved_minor", "owed_minor"])
    return line.pk


def get_available(campaign: Campaign) -> int:
    """What the campaign could reserve now, in minor units; somebody else may be quicker."""
    if campaign.funding == Campaign.Funding.CREDIT:
        line = CreditLine.objects.filter(channel=campaign.channel_id).first()
        return line.free_minor if line else 0
    fund = Fund.objects.filter(campaign=campaign, is_prepaid=True).first()
    return fund.free_minor if fund else 0
