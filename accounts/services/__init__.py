"""What is done to people's accounts."""

from accounts.services.consents import choose
from accounts.services.erasing import CannotLeave, ask_to_leave, cancel_leaving, erase, erase_due
from accounts.services.exporting import ask_for_export, forget_exports, make_export, make_exports
from accounts.services.people import (
    SIGN_UP_STAYS_OPEN,
    create_person,
    end_sessions,
    sweep_unfinished,
    unlock,
    update_profile,
)

__all__ = [
    "SIGN_UP_STAYS_OPEN",
    "CannotLeave",
    "ask_for_export",
    "ask_to_leave",
    "cancel_leaving",
    "choose",
    "create_person",
    "end_sessions",
    "erase",
    "erase_due",
    "forget_exports",
    "make_export",
    "make_exports",
    "sweep_unfinished",
    "unlock",
    "update_profile",
]
