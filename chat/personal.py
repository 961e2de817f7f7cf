"""What this room keeps of people (core.personal_data). What was said stays with the other side, without her name."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.models import Block, Conversation, Message, MessagePicture, Report, ReportTransition
from core.personal_data import Fate, Kept, before_erasing, keep, not_personal

REPORT = ("channel__handle", "reason", "text", "state", "created_at")

keep(
    Kept(Conversation, "shopper", _("Chats"), Fate.KEPT, ("channel__handle", "product__title", "opened_at")),
    Kept(Conversation, "assignee", _("Chats you answer"), Fate.NAMELESS, emptied={"assignee": None}),
    Kept(
        Message,
        "author",
        _("Messages you wrote"),
        Fate.NAMELESS,
        ("conversation_id", "sent_at", "side", "kind", "text"),
        emptied={"author": None},
        pictures="pictures__picture",
    ),
    Kept(Block, "shopper", _("Who blocked you or whom you blocked"), Fate.DELETED),
    Kept(Report, "reporter", _("What you reported"), Fate.KEPT, REPORT),
    Kept(Report, "person", _("What was reported of you"), Fate.KEPT),
)
not_personal(Block, "by")
not_personal(ReportTransition, "by")


@before_erasing
def take_pictures_down(person: User) -> None:
    MessagePicture.objects.filter(message__author=person).delete()
