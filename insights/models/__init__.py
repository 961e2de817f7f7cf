"""What is measured, and what the measures come to."""

from insights.models.rollups import (
    AdMoneyDay,
    ChannelDay,
    ChannelSource,
    CohortDay,
    FunnelDay,
    SearchDay,
    SearchTerm,
    ShopDay,
    Shopper,
    ShopperDay,
    StoreWeek,
)
from insights.models.visits import Place, Search, Visit

__all__ = [
    "AdMoneyDay",
    "ChannelDay",
    "ChannelSource",
    "CohortDay",
    "FunnelDay",
    "Place",
    "Search",
    "SearchDay",
    "SearchTerm",
    "ShopDay",
    "Shopper",
    "ShopperDay",
    "StoreWeek",
    "Visit",
]
