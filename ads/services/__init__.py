"""What is done with ads and their money. Verbs are keyword-only and atomic; with the same ``key`` they happen once."""

from ads.services.campaigns import (
    AudienceTooSmall,
    BadCampaign,
    CampaignData,
    NoMoney,
    NotNow,
    create_campaign,
    edit_campaign,
    end_campaign,
    end_past,
    find_look_alikes,
    pause_campaign,
    resume_campaign,
    submit_campaign,
)
from ads.services.charging import Charged, charge_clicks, get_waiting, look_for_money, settle_lease, take_lease
from ads.services.counting import measure_lifts, prune, record, roll_up
from ads.services.errors import NoCreditLine, NotReserved
from ads.services.funding import get_available, reserve, settle
from ads.services.reviewing import NoReason, accept_creative, reject_creative, review_changed
from ads.services.serving import Ad, serve

__all__ = [
    "Ad",
    "AudienceTooSmall",
    "BadCampaign",
    "CampaignData",
    "Charged",
    "NoCreditLine",
    "NoMoney",
    "NoReason",
    "NotNow",
    "NotReserved",
    "accept_creative",
    "charge_clicks",
    "create_campaign",
    "edit_campaign",
    "end_campaign",
    "end_past",
    "find_look_alikes",
    "get_available",
    "get_waiting",
    "look_for_money",
    "measure_lifts",
    "pause_campaign",
    "prune",
    "record",
    "reject_creative",
    "reserve",
    "resume_campaign",
    "review_changed",
    "roll_up",
    "serve",
    "settle",
    "settle_lease",
    "submit_campaign",
    "take_lease",
]
