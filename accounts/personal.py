"""What this room keeps of people (core.personal_data). Her own row is emptied last, by accounts.services.erasing."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, DataExport, Erasure, Session, User
from core.personal_data import Fate, Kept, keep, not_personal

PROFILE = ("email", "phone", "display_name", "language", "market", "joined_at", "last_login")

keep(
    Kept(User, "pk", _("Your profile"), Fate.DELETED_LAST, PROFILE, pictures="avatar"),
    Kept(EmailAddress, "user", _("E-mail addresses"), Fate.DELETED, ("email", "verified", "primary"), home="accounts"),
    Kept(
        Authenticator,
        "user",
        _("Second factors"),
        Fate.DELETED,
        ("type", "created_at", "last_used_at"),
        home="accounts",
    ),
    Kept(
        Session,
        "person",
        _("Browsers you are signed in with"),
        Fate.DELETED,
        ("agent", "signed_in_at", "seen_at"),
        days="SESSION_DAYS",
    ),
    Kept(Consent, "person", _("What you agreed to"), Fate.DELETED, ("purpose", "is_given", "version", "at")),
    Kept(
        DataExport,
        "person",
        _("Archives of your data"),
        Fate.DELETED,
        ("state", "asked_at", "ready_at"),
        days="EXPORT_DAYS",
    ),
    Kept(Erasure, "person", _("That you asked to leave"), Fate.KEPT, ("state", "asked_at", "due_at", "ended_at")),
)
not_personal(LogEntry, "user")
not_personal(User.groups.through, "user")
not_personal(User.user_permissions.through, "user")
