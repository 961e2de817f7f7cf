"""What pages need to know of channels, posts and categories, in a constant number of queries."""

from sellers.selectors.categories import (
    CategoryNode,
    CategoryTree,
    attributes_of,
    forget_categories,
    get_category_tree,
    get_facts,
    get_leaf_choices,
)
from sellers.selectors.channels import (
    CHANNEL_COLUMNS,
    CHANNEL_SOURCE,
    ChannelStats,
    get_channel_stats,
    get_city_names,
    get_followers,
    get_own_channel,
    get_own_channels,
    get_team,
    get_transitions,
    read_channel,
)
from sellers.selectors.hooks import get_deliveries
from sellers.selectors.posts import (
    DeskPost,
    Todo,
    get_dashboard_post,
    get_dashboard_posts,
    get_own_post,
    get_post_history,
    get_todo,
)

__all__ = [
    "CHANNEL_COLUMNS",
    "CHANNEL_SOURCE",
    "CategoryNode",
    "CategoryTree",
    "ChannelStats",
    "DeskPost",
    "Todo",
    "attributes_of",
    "forget_categories",
    "get_category_tree",
    "get_channel_stats",
    "get_city_names",
    "get_dashboard_post",
    "get_dashboard_posts",
    "get_deliveries",
    "get_facts",
    "get_followers",
    "get_leaf_choices",
    "get_own_channel",
    "get_own_channels",
    "get_own_post",
    "get_post_history",
    "get_team",
    "get_todo",
    "get_transitions",
    "read_channel",
]
