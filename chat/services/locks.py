"""One order of locks: the conversation, then its messages. Read marks, counts and ids move under the first."""

from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Block, Conversation, Side
from chat.services.errors import Blocked, NotAllowed
from sellers.models import Channel, Role


def lock_conversation(pk: int) -> Conversation:
    """The conversation as it is now with its channel, ours until the transaction ends."""
    conversations = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("channel")
    return conversations.get(pk=pk)


def is_answering(person: User, channel: Channel) -> bool:
    """Whether the person may read and answer the channel's chats."""
    return channel.members.filter(person=person, role__in=Role.at_least(Role.AGENT)).exists()


def side_of(conversation: Conversation, person: User) -> Side:
    """On which side the person stands. Raises NotAllowed for a stranger."""
    if conversation.shopper_id == person.pk:
        return Side.SHOPPER
    if is_answering(person, conversation.channel):
        return Side.CHANNEL
    raise NotAllowed(_("This conversation is not yours."))


def check_open(conversation: Conversation, side: Side) -> None:
    """Raises Blocked or NotAllowed when this side may not write now."""
    channel = conversation.channel
    blocks = Block.objects.filter(channel=channel, shopper_id=conversation.shopper_id)
    by = set(blocks.values_list("side", flat=True))
    if side in by:
        raise Blocked(_("You have blocked this conversation. Unblock it to write."))
    if by and side == Side.SHOPPER:
        raise Blocked(_("{name} does not take messages from you.").format(name=channel.name))
    if by:
        raise Blocked(_("This shopper does not take messages from your channel."))
    if channel.state == Channel.State.SUSPENDED:
        raise NotAllowed(_("This channel is closed by our staff; nothing can be written here now."))
