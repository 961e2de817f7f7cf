"""What this room keeps of people (core.personal_data)."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Fate, Kept, keep, not_personal
from insights.models import (
    Applicant,
    ApplicantTransition,
    CardMark,
    Feedback,
    FeedbackTransition,
    Shopper,
    SmokeTransition,
    SmokeVisit,
    Visit,
)

keep(
    Kept(
        Visit,
        "person",
        _("How long pages were in use"),
        Fate.DELETED,
        ("at", "page", "came_from", "visible_ms"),
        guest="guest",
        days="VISIT_DAYS",
    ),
    Kept(Shopper, "person", _("Days on which you came"), Fate.DELETED, ("first_day",)),
    Kept(CardMark, "person", _("Services you saw"), Fate.DELETED, ("day", "service", "kind")),
    Kept(SmokeVisit, "person", _("What we are trying out, and you saw"), Fate.KEPT, ("test__slug",), guest="guest"),
    Kept(
        Applicant,
        "person",
        _("Applications you sent"),
        Fate.KEPT,
        ("test__slug", "answers", "state", "created_at"),
        emptied={"answers": {}},
        guest="guest",
        pictures="uploads__picture",
    ),
    Kept(
        Feedback,
        "person",
        _("What you told us"),
        Fate.NAMELESS,
        ("mood", "words", "page", "contact", "created_at"),
        emptied={"person": None, "contact": ""},
    ),
)
not_personal(SmokeTransition, "by")
not_personal(ApplicantTransition, "by")
not_personal(FeedbackTransition, "by")
