"""What this room keeps of people (core.personal_data)."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Fate, Kept, keep
from news.models import Choice, News, PushSubscription, Rhythm

keep(
    Kept(News, "person", _("News you were told"), Fate.DELETED, ("at", "kind", "params", "url", "read_at")),
    Kept(Choice, "person", _("How you are told"), Fate.DELETED, ("group", "email", "push")),
    Kept(
        Rhythm, "person", _("When you are told"), Fate.DELETED, ("digest", "digest_hour", "quiet_from", "quiet_until")
    ),
    Kept(PushSubscription, "person", _("Browsers that get push"), Fate.DELETED, ("user_agent", "created_at")),
)
