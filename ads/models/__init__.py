from ads.models.campaigns import Campaign, CampaignTransition, LookAlike
from ads.models.creatives import Creative
from ads.models.events import CampaignDay, DailyCount, Event, Lease, Lift

__all__ = [
    "Campaign",
    "CampaignDay",
    "CampaignTransition",
    "Creative",
    "DailyCount",
    "Event",
    "Lease",
    "Lift",
    "LookAlike",
]
