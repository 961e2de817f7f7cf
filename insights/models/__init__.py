from insights.models.feedback import Feedback, FeedbackTransition
from insights.models.services import CardMark
from insights.models.smoke import (
    Applicant,
    ApplicantTransition,
    SmokeField,
    SmokePage,
    SmokeTest,
    SmokeTransition,
    SmokeUpload,
    SmokeVisit,
)

__all__ = [
    "Applicant",
    "ApplicantTransition",
    "CardMark",
    "Feedback",
    "FeedbackTransition",
    "SmokeField",
    "SmokePage",
    "SmokeTest",
    "SmokeTransition",
    "SmokeUpload",
    "SmokeVisit",
]
