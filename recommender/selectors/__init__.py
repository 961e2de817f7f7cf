"""What the recommender tells other rooms: lists of ids, which the asking room shows."""

from recommender.selectors.audience import get_look_alikes
from recommender.selectors.channels import ChannelPick, ChannelPicks, get_channel_picks
from recommender.selectors.order import Candidate, order_posts
from recommender.selectors.picks import Pick, Picks, get_picks, get_similar
from recommender.selectors.refused import get_hidden_channel_ids, get_refused_ids
from recommender.selectors.rules import Limits, get_allowed, get_limits
from recommender.selectors.scores import get_scores

__all__ = [
    "Candidate",
    "ChannelPick",
    "ChannelPicks",
    "Limits",
    "Pick",
    "Picks",
    "get_allowed",
    "get_channel_picks",
    "get_hidden_channel_ids",
    "get_limits",
    "get_look_alikes",
    "get_picks",
    "get_refused_ids",
    "get_scores",
    "get_similar",
    "order_posts",
]
