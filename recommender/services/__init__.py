"""What the recommender writes. All of it is keyword-only."""

from recommender.services.errors import AlreadyRunning, NotInTheMaking
from recommender.services.exposure import count_exposure
from recommender.services.interactions import (
    Shown,
    forget,
    join_guest,
    note,
    note_question,
    prune,
    record,
    record_impressions,
    refuse,
    take_back_refusal,
)
from recommender.services.tables import resume_run, start_run, stop_run

__all__ = [
    "AlreadyRunning",
    "NotInTheMaking",
    "Shown",
    "count_exposure",
    "forget",
    "join_guest",
    "note",
    "note_question",
    "prune",
    "record",
    "record_impressions",
    "refuse",
    "resume_run",
    "start_run",
    "stop_run",
    "take_back_refusal",
]
