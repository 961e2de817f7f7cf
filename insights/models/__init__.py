"""What is measured, and what the measures come to."""

from insights.models.applicants import Applicant, ApplicantTransition, SmokeUpload
from insights.models.feedback import Feedback, FeedbackTransition
from insights.models.rollups import (
    AdMoneyDay,
    ChannelDay,
    ChannelSource,
    CohortDay,
    FunnelDay,
    SearchDay,
    SearchTerm,
    ShopDay,
    Shopper,
    ShopperDay,
    StoreWeek,
)
from insights.models.services import CardMark
from insights.models.smoke import SmokeField, SmokePage, SmokeTest, SmokeTransition, SmokeVisit
from insights.models.visits import Place, Search, Visit

__all__ = [
    "AdMoneyDay",
    "Applicant",
    "ApplicantTransition",
    "CardMark",
    "ChannelDay",
    "ChannelSource",
    "CohortDay",
    "Feedback",
    "FeedbackTransition",
    "FunnelDay",
    "Place",
    "Search",
    "SearchDay",
    "SearchTerm",
    "ShopDay",
    "Shopper",
    "ShopperDay",
    "SmokeField",
    "SmokePage",
    "SmokeTest",
    "SmokeTransition",
    "SmokeUpload",
    "SmokeVisit",
    "StoreWeek",
    "Visit",
]
