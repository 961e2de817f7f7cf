"""Staff's side of ads."""

from ads.admin.creatives import CampaignAdmin, CreativeAdmin

__all__ = ["CampaignAdmin", "CreativeAdmin"]
