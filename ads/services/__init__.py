"""What is done with ads and their money. Verbs are keyword-only and atomic; with the same ``key`` they happen once."""

from ads.services.errors import NoCreditLine, NotReserved
from ads.services.funding import get_available, reserve, settle

__all__ = ["NoCreditLine", "NotReserved", "get_available", "reserve", "settle"]
