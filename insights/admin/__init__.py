"""Staff's side of what is measured: services' cards, smoke tests and their applicants, what people tell us."""

from insights.admin import applicants, feedback, offers, smoke

__all__ = ["applicants", "feedback", "offers", "smoke"]
