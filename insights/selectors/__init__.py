"""What insights says. Each definition is one function; what exactly it counts is its docstring."""

from insights.selectors.channel import ChannelInsights, get_channel_insights
from insights.selectors.feedback import get_moods_by_week
from insights.selectors.market import get_ad_money, get_funnel, get_owed, get_searches, get_zero_results
from insights.selectors.shoppers import get_last_day, get_retention, get_shoppers, get_time_in_shop
from insights.selectors.stores import (
    get_active_stores,
    get_counted_at,
    get_disputes,
    get_loyal_sellers,
    get_reply_times,
)

__all__ = [
    "ChannelInsights",
    "get_active_stores",
    "get_ad_money",
    "get_channel_insights",
    "get_counted_at",
    "get_disputes",
    "get_funnel",
    "get_last_day",
    "get_loyal_sellers",
    "get_moods_by_week",
    "get_owed",
    "get_reply_times",
    "get_retention",
    "get_searches",
    "get_shoppers",
    "get_time_in_shop",
    "get_zero_results",
]
