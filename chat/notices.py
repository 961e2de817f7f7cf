"""What people are told about conversations: that words wait for them which they have not read within a minute."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.models import Conversation, Message, Side
from news import services as news
from news.kinds import Group, Kind, register
from sellers.models import Role

register(Kind("message", Group.MESSAGES, _("{name} wrote to you"), _("{about}"), "message-circle"))


def _readers(conversation: Conversation, side: str) -> list[User]:
    """The shopper; on the channel's side who has taken the talk, else all who may answer."""
    if side == Side.SHOPPER:
        return [conversation.shopper]
    if conversation.assignee:
        return [conversation.assignee]
    members = conversation.channel.members.filter(role__in=Role.at_least(Role.AGENT))
    return [member.person for member in members.select_related("person").order_by("pk")]


def tell_unread(message_id: int) -> None:
    """Tells the other side once for all that waits since it last read, unless it has read this message."""
    joined = ("conversation__shopper", "conversation__channel", "conversation__product", "conversation__assignee")
    message = Message.objects.select_related(*joined).filter(pk=message_id).first()
    if message is None:
        return
    talk = message.conversation
    side = Side.CHANNEL if message.side == Side.SHOPPER else Side.SHOPPER
    if talk.read_by(side) >= message.pk:
        return
    name = talk.shopper.get_short_name() if side == Side.CHANNEL else talk.channel.name
    params = {"name": name, "about": talk.product.title if talk.product else ""}
    for person in _readers(talk, side):
        news.notify(
            person=person,
            kind="message",
            params=params,
            url=talk.get_absolute_url(),
            key=f"talk:{talk.pk}:{message.pk}",
        )
