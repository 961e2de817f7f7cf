"""Campaigns and clicks for tests of ads: what the forms and a viewer would have made."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tests.ads.money import make_campaign

if TYPE_CHECKING:
    from accounts.models import User
    from ads.models import Campaign
    from ads.services import CampaignData
    from sellers.models import Channel, Product

PLACES = ["tab", "category", "search", "product"]
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
HTMX = BROWSER | {"HX-Request": "true"}


def campaign_data(product: Product | None = None, **fields: Any) -> CampaignData:
    """What a seller says in the form: everywhere, for everybody, on credit."""
    from ads.services import CampaignData

    today = timezone.now().date()
    usual = {
        "name": "Spring",
        "line": "Fresh from the kiln",
        "funding": "credit",
        "placements": PLACES,
        "people": "everybody",
        "category_ids": [],
        "city": "",
        "language": "",
        "bid_minor": 20,
        "daily_budget_minor": 500,
        "total_budget_minor": 2000,
        "start_date": today - dt.timedelta(days=1),
        "end_date": today + dt.timedelta(days=9),
    }
    return CampaignData(product=product, **usual | fields)


def make_live(channel: Channel, product: Product | None = None, **fields: Any) -> Campaign:
    """A running campaign with a creative that was accepted; the index is read anew."""
    from ads.models import Creative
    from ads.selectors.campaigns import get_fingerprints
    from ads.selectors.live import live

    start = timezone.now().date() - dt.timedelta(days=1)
    campaign = make_campaign(channel, product=product, placements=PLACES, start_date=start, **fields)
    fingerprint = get_fingerprints([campaign.pk])[campaign.pk]
    Creative.objects.create(campaign=campaign, product=product, state="accepted", fingerprint=fingerprint, line="Look")
    live.forget()
    return campaign


def click(campaign: Campaign, *people: User | str, price_minor: int = 10, reason: str = "", **fields: Any) -> None:
    """Each of these clicked the ad once, on the clock of the market."""
    from ads.selectors.live import market_now
    from ads.services import record
    from ads.tokens import Token

    now = int(timezone.now().timestamp())
    for each in people:
        who = each if isinstance(each, str) else f"p{each.pk}"
        token = Token(campaign.pk, "tab", who, price_minor, now)
        day = market_now(campaign.channel.market).date()
        usual = {"kind": "click", "day": day, "person_id": token.person_id, "reason": reason}
        record(token=token, **usual | fields)
