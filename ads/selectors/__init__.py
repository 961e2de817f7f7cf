from ads.selectors.applications import (
    Standing,
    get_application,
    get_changes,
    get_facts,
    get_line,
    get_standing,
)
from ads.selectors.bookings import get_booking, get_bookings, get_campaign, get_packages, get_unpaid_checkout
from ads.selectors.statements import (
    StatementPage,
    get_fees_owed,
    get_owed_by_day,
    get_owed_statements,
    get_statement,
    get_statements,
)

__all__ = [
    "Standing",
    "StatementPage",
    "get_application",
    "get_booking",
    "get_bookings",
    "get_campaign",
    "get_changes",
    "get_facts",
    "get_fees_owed",
    "get_line",
    "get_owed_by_day",
    "get_owed_statements",
    "get_packages",
    "get_standing",
    "get_statement",
    "get_statements",
    "get_unpaid_checkout",
]
