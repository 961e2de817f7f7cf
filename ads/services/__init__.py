"""What is done with ads and their money. Verbs are keyword-only and atomic; with the same ``key`` they happen once."""

from ads.services.applying import (
    SHARES,
    add_document,
    remove_document,
    save_draft,
    send_application,
    withdraw_application,
)
from ads.services.booking import book, refund_ended, refund_unspent
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
    pause_campaign,
    renew_audiences,
    resume_campaign,
    submit_campaign,
    touch_campaigns,
)
from ads.services.charging import Charged, charge_clicks, get_waiting, look_for_money, settle_lease, take_lease
from ads.services.checkouts import book_by_provider, repay_by_provider, settle_checkout, sweep_checkouts
from ads.services.counting import measure_lifts, prune, record, roll_up
from ads.services.deciding import (
    approve_application,
    ask_for_more,
    confirm_approval,
    reject_application,
    send_back_approval,
)
from ads.services.errors import NoCreditLine, NotReserved
from ads.services.funding import get_available, reserve, settle
from ads.services.lending import change_limit, close_line, needs_two_persons, reopen_line
from ads.services.reconciling import reconcile
from ads.services.repaying import collect_share, repay, write_off
from ads.services.reviewing import NoReason, accept_creative, reject_creative, review_changed
from ads.services.serving import Ad, serve
from ads.services.statements import issue_due, mark_late, remind_due, run_due

__all__ = [
    "SHARES",
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
    "add_document",
    "approve_application",
    "ask_for_more",
    "book",
    "book_by_provider",
    "change_limit",
    "charge_clicks",
    "close_line",
    "collect_share",
    "confirm_approval",
    "create_campaign",
    "edit_campaign",
    "end_campaign",
    "end_past",
    "get_available",
    "get_waiting",
    "issue_due",
    "look_for_money",
    "mark_late",
    "measure_lifts",
    "needs_two_persons",
    "pause_campaign",
    "prune",
    "reconcile",
    "record",
    "refund_ended",
    "refund_unspent",
    "reject_application",
    "reject_creative",
    "remind_due",
    "remove_document",
    "renew_audiences",
    "reopen_line",
    "repay",
    "repay_by_provider",
    "reserve",
    "resume_campaign",
    "review_changed",
    "roll_up",
    "run_due",
    "save_draft",
    "send_application",
    "send_back_approval",
    "serve",
    "settle",
    "settle_checkout",
    "settle_lease",
    "submit_campaign",
    "sweep_checkouts",
    "take_lease",
    "touch_campaigns",
    "withdraw_application",
    "write_off",
]
