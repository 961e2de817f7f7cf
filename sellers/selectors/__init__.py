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
    ChannelStats,
    get_channel_stats,
    get_city_names,
    get_followers,
    get_own_channel,
    get_own_channels,
    get_team,
    get_transitions,
)
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
]
