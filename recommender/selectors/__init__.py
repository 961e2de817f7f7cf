"""What the recommender tells other rooms: lists of ids, which the asking room shows."""

from recommender.selectors.picks import Pick, Picks, get_channels_worth_a_follow, get_picks, get_similar
from recommender.selectors.rules import get_allowed

__all__ = ["Pick", "Picks", "get_allowed", "get_channels_worth_a_follow", "get_picks", "get_similar"]
