"""Staff's side of what is measured: figures, services' cards, smoke tests and their applicants, what people tell us."""

from insights.admin import applicants, feedback, offers, pages, smoke

__all__ = ["applicants", "feedback", "offers", "pages", "smoke"]
