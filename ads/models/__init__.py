from ads.models.applications import ApplicationDocument, CreditApplication
from ads.models.bookings import Booking, Checkout, Package
from ads.models.campaigns import Campaign
from ads.models.lines import CreditChange, CreditLine, Fund
from ads.models.statements import Repayment, Spending, Statement

__all__ = [
    "ApplicationDocument",
    "Booking",
    "Campaign",
    "Checkout",
    "CreditApplication",
    "CreditChange",
    "CreditLine",
    "Fund",
    "Package",
    "Repayment",
    "Spending",
    "Statement",
]
