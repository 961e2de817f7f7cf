from ads.models.campaigns import Campaign

__all__ = ["Campaign"]
