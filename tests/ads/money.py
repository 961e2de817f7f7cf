"""Steps that tests of ads' money take. Each call has a key of its own unless it is given one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from payments import services as payments
from payments.models import Account
from tests.payments.market import key, owner

if TYPE_CHECKING:
    from ads.models import Campaign, CreditApplication, CreditLine
    from sellers.models import Channel


def make_campaign(channel: Channel, **fields: Any) -> Campaign:
    """A running campaign of the channel as a whole, on credit."""
    from ads.models import Campaign

    today = timezone.localdate()
    given = {
        "name": "Spring",
        "funding": "credit",
        "status": "running",
        "placements": ["tab"],
        "currency": channel.currency,
        "bid_minor": 10,
        "daily_budget_minor": 100_00,
        "total_budget_minor": 1000_00,
        "start_date": today,
        "end_date": today + dt.timedelta(days=30),
    }
    return Campaign.objects.create(channel=channel, **given | fields)


def open_line(channel: Channel, limit_minor: int = 100_00, **terms: Any) -> CreditLine:
    """A credit line as an approved application leaves it: 5 % fee, 30 days, a fifth of payouts."""
    from ads.models import CreditLine

    payments.set_ads_limit(channel=channel, limit_minor=limit_minor)
    given = {"fee_basis_points": 500, "period_days": 30, "share_percent": 20}
    given |= {"period_ends_at": timezone.now() + dt.timedelta(days=30)}
    return CreditLine.objects.create(
        channel=channel, currency=channel.currency, limit_minor=limit_minor, **given | terms
    )


def spend(campaign: Campaign, cost_minor: int) -> None:
    """The campaign was shown for that much."""
    from ads import services as ads

    assert ads.reserve(campaign=campaign, amount_minor=cost_minor) == cost_minor
    ads.settle(campaign=campaign, reserved_minor=cost_minor, cost_minor=cost_minor, key=key())


def balance(kind: str, channel: Channel) -> int:
    """What the channel's account of this kind holds."""
    accounts = Account.objects.filter(kind=kind, channel=channel)
    return accounts.values_list("balance_minor", flat=True).first() or 0


def apply_for_credit(channel: Channel, amount_minor: int = 500_00) -> CreditApplication:
    """An application that was sent by the channel's owner."""
    from ads import services as ads

    by = owner(channel)
    draft = ads.save_draft(channel=channel, by=by, amount_minor=amount_minor, purpose="Pots for spring")
    return ads.send_application(application=draft, by=by, consents=True)
