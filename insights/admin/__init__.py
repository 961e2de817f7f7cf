"""Staff's side of insights."""

from insights.admin.pages import InsightsAdmin

__all__ = ["InsightsAdmin"]
