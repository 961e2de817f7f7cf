"""What the recommender writes. All of it is keyword-only."""

from recommender.services.interactions import (
    forget,
    join_guest,
    prune,
    record,
    record_impressions,
    refuse,
    take_back_refusal,
)

__all__ = ["forget", "join_guest", "prune", "record", "record_impressions", "refuse", "take_back_refusal"]
