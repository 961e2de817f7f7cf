"""What a team does with its inbox: who answers, labels, archive, saved replies, office hours."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Conversation, Label, Message, OfficeHours, SavedReply
from chat.models.desk import MAX_LABELS, MAX_REPLIES
from chat.services.errors import NotAllowed, Refused
from chat.services.locks import is_answering, lock_conversation
from chat.services.messages import add_notice
from core.templatetags.bisat import number
from sellers.models import Channel


def _lock_as_team(conversation: Conversation, person: User) -> Conversation:
    locked = lock_conversation(conversation.pk)
    if not is_answering(person, locked.channel):
        raise NotAllowed(_("Only the channel's team may do that."))
    return locked


@transaction.atomic
def assign(*, conversation: Conversation, by: User, to: User | None) -> Conversation:
    """Whose conversation it is; to None it is everybody's. Handed from one person to another, the thread says so.

    Raises NotAllowed if either does not answer this channel's chats.
    """
    locked = _lock_as_team(conversation, by)
    if to and not is_answering(to, locked.channel):
        raise NotAllowed(_("{name} does not answer this channel's chats.").format(name=to.get_short_name()))
    before = locked.assignee_id
    if before == (to.pk if to else None):
        return locked
    locked.assignee = to
    locked.save(update_fields=["assignee"])
    if to and (before or to.pk != by.pk):
        add_notice(locked, Message.Notice.HANDED_OVER, to.get_short_name())
    elif before and not to:
        add_notice(locked, Message.Notice.BACK_OPEN)
    return locked


@transaction.atomic
def archive(*, conversation: Conversation, by: User, on: bool = True) -> None:
    """Puts a conversation out of the inbox, or back; the shopper's next word brings it back too."""
    locked = _lock_as_team(conversation, by)
    locked.is_archived = on
    locked.save(update_fields=["is_archived"])


@transaction.atomic
def set_labels(*, conversation: Conversation, by: User, labels: Sequence[Label]) -> None:
    """Exactly these labels of the channel's. Raises NotAllowed."""
    locked = _lock_as_team(conversation, by)
    if any(label.channel_id != locked.channel_id for label in labels):
        raise NotAllowed(_("This label is another channel's."))
    locked.labels.set(labels)


def add_label(*, channel: Channel, name: str, hue: int) -> Label:
    """Raises Refused for a name that is there, and from the twenty-first label on."""
    if channel.chat_labels.count() >= MAX_LABELS:
        raise Refused(_("A channel has at most {n} labels.").format(n=number(MAX_LABELS)))
    try:
        with transaction.atomic():
            return Label.objects.create(channel=channel, name=name.strip(), hue=hue)
    except IntegrityError:
        raise Refused(_("There is a label of this name already.")) from None


def save_reply(*, channel: Channel, title: str, text: str) -> SavedReply:
    """Keeps words for later. Raises Refused from the fifty-first reply on."""
    if channel.saved_replies.count() >= MAX_REPLIES:
        raise Refused(_("A channel has at most {n} saved replies.").format(n=number(MAX_REPLIES)))
    return SavedReply.objects.create(channel=channel, title=title.strip(), text=text.strip())


def set_office_hours(
    *, channel: Channel, is_on: bool, days: list[int], opens_at: dt.time, closes_at: dt.time, text: str
) -> OfficeHours:
    """When the team answers, on the clock of the channel's market, and what is answered otherwise."""
    hours, _made = OfficeHours.objects.update_or_create(
        channel=channel,
        defaults={
            "is_on": is_on,
            "days": sorted(set(days)),
            "opens_at": opens_at,
            "closes_at": closes_at,
            "text": text.strip(),
        },
    )
    return hours
