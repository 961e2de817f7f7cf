"""What insights writes. All of it is keyword-only."""

from insights.services.rollups import prune, roll_up, roll_up_day
from insights.services.visits import buffers, record_search, record_visit

__all__ = ["buffers", "prune", "record_search", "record_visit", "roll_up", "roll_up_day"]
