from ads.models.applications import ApplicationDocument, CreditApplication
from ads.models.bookings import Booking, Checkout, Package
from ads.models.campaigns import Campaign, CampaignTransition, LookAlike
from ads.models.creatives import Creative
from ads.models.events import CampaignDay, DailyCount, Event, Lease, Lift
from ads.models.lines import CreditChange, CreditLine, Fund
from ads.models.statements import Repayment, Spending, Statement

__all__ = [
    "ApplicationDocument",
    "Booking",
    "Campaign",
    "CampaignDay",
    "CampaignTransition",
    "Checkout",
    "Creative",
    "CreditApplication",
    "CreditChange",
    "CreditLine",
    "DailyCount",
    "Event",
    "Fund",
    "Lease",
    "Lift",
    "LookAlike",
    "Package",
    "Repayment",
    "Spending",
    "Statement",
]
