"""Staff's side of recommendations: tables in the making and how good they are, what picking is good for, and channels
that are seen too little. Nothing is edited."""

from recommender.admin.comparisons import ComparisonAdmin
from recommender.admin.exposure import ExposureAdmin
from recommender.admin.runs import RunAdmin

__all__ = ["ComparisonAdmin", "ExposureAdmin", "RunAdmin"]
