"""What insights writes. All of it is keyword-only."""

from insights.services import credit_ads as credit_ads  # registers a way
from insights.services.carrying import carry_over
from insights.services.errors import (
    NeedsWords,
    NotAFile,
    NotAllowed,
    NotOpen,
    NotReady,
    Refused,
    Unreachable,
    WrongState,
)
from insights.services.feedback import answer, send_letter, set_aside, tell_us
from insights.services.offers import forget_old_marks, note_cards
from insights.services.rollups import prune, roll_up, roll_up_day
from insights.services.shipped import load_smoke_tests
from insights.services.smoke import (
    CARRY,
    end_overdue,
    end_test,
    move_applicant,
    move_applicants,
    start_test,
    turn_live,
    what_it_lacks,
)
from insights.services.smoke_visits import apply, keep_what_a_guest_did, note_step
from insights.services.uploads import keep_upload, sweep_uploads
from insights.services.visits import buffers, record_search, record_visit

__all__ = [
    "CARRY",
    "NeedsWords",
    "NotAFile",
    "NotAllowed",
    "NotOpen",
    "NotReady",
    "Refused",
    "Unreachable",
    "WrongState",
    "answer",
    "apply",
    "buffers",
    "carry_over",
    "end_overdue",
    "end_test",
    "forget_old_marks",
    "keep_upload",
    "keep_what_a_guest_did",
    "load_smoke_tests",
    "move_applicant",
    "move_applicants",
    "note_cards",
    "note_step",
    "prune",
    "record_search",
    "record_visit",
    "roll_up",
    "roll_up_day",
    "send_letter",
    "set_aside",
    "start_test",
    "sweep_uploads",
    "tell_us",
    "turn_live",
    "what_it_lacks",
]
