"""Opening, reading and blocking conversations."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat import live
from chat.models import Block, Conversation, Message
from chat.services import limits
from chat.services.errors import NotAllowed, OwnChannel
from chat.services.locks import lock_conversation, side_of
from chat.signals import product_asked
from news import services as news
from sellers.models import Channel, Product


def check_may_ask(person: User, channel: Channel) -> None:
    """Raises OwnChannel for the channel's own team, NotAllowed where the public sees no channel."""
    if channel.members.filter(person=person).exists():
        raise OwnChannel
    if not channel.is_visible():
        raise NotAllowed(_("This channel is not open, so nobody answers there now."))


def open_conversation(
    *, shopper: User, channel: Channel, product: Product | None = None, without_limit: bool = False
) -> Conversation:
    """The one conversation of the three, made when it is not there yet, by however many tabs at once.

    Raises OwnChannel, NotAllowed, TooManyMessages.
    """
    if product and product.channel_id != channel.pk:
        raise ValueError("the product is another channel's")
    known = Conversation.objects.filter(shopper=shopper, channel=channel, product=product).first()
    if known:
        return known
    check_may_ask(shopper, channel)
    if not without_limit:
        limits.take_conversation(shopper)
    conversation, made = Conversation.objects.get_or_create(shopper=shopper, channel=channel, product=product)
    if made and product:
        told = partial(product_asked.send, sender=None, shopper_id=shopper.pk, product_id=product.pk)
        transaction.on_commit(told)
    return conversation


@transaction.atomic
def mark_read(*, conversation: Conversation, person: User, up_to: int) -> bool:
    """The person's side has seen everything up to message ``up_to``; False if that is no news.

    What is unread is counted anew under the lock, so no message that comes meanwhile is missed or counted twice.
    """
    locked = lock_conversation(conversation.pk)
    side = side_of(locked, person)
    newest = Message.objects.filter(conversation=locked, pk__lte=up_to).order_by("-pk").values_list("pk").first()
    if newest is None or newest[0] <= locked.read_by(side):
        return False
    unread = Message.objects.filter(conversation=locked, pk__gt=newest[0]).for_side(side).count()
    fields = [f"{side.value}_read_id", f"{side.value}_unread"]
    for field, value in zip(fields, (newest[0], unread), strict=True):
        setattr(locked, field, value)
        setattr(conversation, field, value)
    locked.save(update_fields=fields)
    news.open_all_at(person=person, url=locked.get_absolute_url())
    transaction.on_commit(partial(live.publish, "read", locked, side=side, id=newest[0]))
    return True


@transaction.atomic
def block(*, conversation: Conversation, by: User) -> None:
    """Neither side writes to the other any more, in any of their conversations. Raises NotAllowed."""
    locked = lock_conversation(conversation.pk)
    Block.objects.get_or_create(
        channel=locked.channel, shopper_id=locked.shopper_id, side=side_of(locked, by), defaults={"by": by}
    )


@transaction.atomic
def unblock(*, conversation: Conversation, by: User) -> None:
    """Takes one's own side's block back. Raises NotAllowed."""
    locked = lock_conversation(conversation.pk)
    Block.objects.filter(channel=locked.channel, shopper_id=locked.shopper_id, side=side_of(locked, by)).delete()
