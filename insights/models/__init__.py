from insights.models.applicants import Applicant, ApplicantTransition, SmokeUpload
from insights.models.feedback import Feedback, FeedbackTransition
from insights.models.services import CardMark
from insights.models.smoke import SmokeField, SmokePage, SmokeTest, SmokeTransition, SmokeVisit

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
