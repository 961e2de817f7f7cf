"""What forms of ads parse and check; nothing is written here."""

from ads.forms.campaigns import CampaignForm

__all__ = ["CampaignForm"]
