"""What this room keeps of people (core.personal_data)."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Fate, Kept, keep, not_personal
from recommender.models import HiddenChannel, Impression, Interaction, Refusal, RunTransition

keep(
    Kept(
        Interaction,
        "person",
        _("What you looked at and did"),
        Fate.DELETED,
        ("at", "kind", "product_id", "channel_id", "dwell_ms"),
        guest="guest",
        days="INTERACTION_DAYS",
    ),
    Kept(
        Impression,
        "person",
        _("What you were shown"),
        Fate.DELETED,
        ("at", "product_id", "place", "slot"),
        guest="guest",
        days="IMPRESSION_DAYS",
    ),
    Kept(Refusal, "person", _("Things you do not want to see"), Fate.DELETED, ("product_id", "at"), guest="guest"),
    Kept(
        HiddenChannel,
        "person",
        _("Channels you do not want to see"),
        Fate.DELETED,
        ("channel__handle", "at"),
        guest="guest",
    ),
)
not_personal(RunTransition, "by")
