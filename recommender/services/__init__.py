"""What the recommender writes. All of it is keyword-only."""

from recommender.services.comparisons import keep_comparison
from recommender.services.errors import AlreadyRunning, NotInTheMaking
from recommender.services.exposure import count_exposure, report_exposure
from recommender.services.interactions import (
    Shown,
    forget,
    forget_all,
    note,
    note_question,
    prune,
    record,
    record_impressions,
)
from recommender.services.joining import join_guest
from recommender.services.refusals import hide_channel, refuse, show_channel, take_back_refusal
from recommender.services.tables import resume_run, start_run, stop_run

__all__ = [
    "AlreadyRunning",
    "NotInTheMaking",
    "Shown",
    "count_exposure",
    "forget",
    "forget_all",
    "hide_channel",
    "join_guest",
    "keep_comparison",
    "note",
    "note_question",
    "prune",
    "record",
    "record_impressions",
    "refuse",
    "report_exposure",
    "resume_run",
    "show_channel",
    "start_run",
    "stop_run",
    "take_back_refusal",
]
