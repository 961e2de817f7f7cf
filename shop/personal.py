"""What this room keeps of people (core.personal_data)."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Fate, Kept, keep
from shop.models import Alert, RecentSearch, RecentView

keep(
    Kept(RecentView, "person", _("What you looked at last"), Fate.DELETED, ("product_id", "product__title")),
    Kept(Alert, "person", _("Things you wait for"), Fate.DELETED, ("product_id", "product__title", "kind", "asked_at")),
    Kept(RecentSearch, "person", _("What you searched for last"), Fate.DELETED, ("words",)),
)
