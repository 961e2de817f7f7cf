from ads.models.campaigns import Campaign, CampaignTransition, LookAlike
from ads.models.creatives import Creative
from ads.models.events import CampaignDay, DailyCount, Event, Lease, Lift
from ads.models.lines import CreditChange, CreditLine, Fund
from ads.models.statements import Repayment, Spending, Statement

__all__ = [
    "Campaign",
    "CampaignDay",
    "CampaignTransition",
    "Creative",
    "CreditChange",
    "CreditLine",
    "DailyCount",
    "Event",
    "Fund",
    "Lease",
    "Lift",
    "LookAlike",
    "Repayment",
    "Spending",
    "Statement",
]
