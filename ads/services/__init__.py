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
from ads.services.checkouts import book_by_provider, repay_by_provider, settle_checkout, sweep_checkouts
from ads.services.deciding import (
    approve_application,
    ask_for_more,
    confirm_approval,
    needs_two_persons,
    reject_application,
    send_back_approval,
)
from ads.services.errors import NoCreditLine, NotReserved
from ads.services.funding import get_available, reserve, settle
from ads.services.lending import change_limit, close_line, reopen_line
from ads.services.reconciling import reconcile
from ads.services.repaying import collect_share, repay, write_off
from ads.services.statements import issue_due, mark_late, remind_due, run_due

__all__ = [
    "SHARES",
    "NoCreditLine",
    "NotReserved",
    "add_document",
    "approve_application",
    "ask_for_more",
    "book",
    "book_by_provider",
    "change_limit",
    "close_line",
    "collect_share",
    "confirm_approval",
    "get_available",
    "issue_due",
    "mark_late",
    "needs_two_persons",
    "reconcile",
    "refund_ended",
    "refund_unspent",
    "reject_application",
    "remind_due",
    "remove_document",
    "reopen_line",
    "repay",
    "repay_by_provider",
    "reserve",
    "run_due",
    "save_draft",
    "send_application",
    "send_back_approval",
    "settle",
    "settle_checkout",
    "sweep_checkouts",
    "withdraw_application",
    "write_off",
]
