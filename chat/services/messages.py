"""Saying something: stored once, counted for the other side in the same transaction, told after commit."""

import datetime as dt
import secrets
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from chat import live
from chat.models import Conversation, Message, MessagePicture, OfficeHours, Side
from chat.models.messages import MAX_PICTURES, MAX_TEXT
from chat.services import limits
from chat.services.errors import BadMessage
from chat.services.locks import check_open, lock_conversation, side_of
from chat.steering import steers_outside
from core import outbox
from core.markets import MARKETS
from core.models import Picture
from core.templatetags.bisat import number
from sellers import services as sellers
from sellers.models import Hook, Product

Kind = Message.Kind
AUTO_REPLY_EVERY = dt.timedelta(hours=12)
UNREAD_FOR = dt.timedelta(minutes=1)
SAID = (Kind.TEXT, Kind.PICTURES, Kind.PRODUCT)  # the rest is news of its own


def _check(text: str, pictures: Sequence[Picture], product: Product | None, client_id: str) -> None:
    if not text and not pictures and not product:
        raise BadMessage(_("Write something or add a picture."))
    if len(text) > MAX_TEXT:
        raise BadMessage(_("Please write at most {n} letters.").format(n=number(MAX_TEXT)))
    if "\x00" in text:
        raise BadMessage(_("This text holds a character we cannot keep."))
    if len({picture.pk for picture in pictures}) > MAX_PICTURES:
        raise BadMessage(_("A message has at most {n} pictures.").format(n=number(MAX_PICTURES)))
    if not 0 < len(client_id) <= 40:
        raise ValueError("a message needs an id of its writer's, at most 40 letters")


def send_message(
    *,
    conversation: Conversation,
    author: User,
    text: str = "",
    pictures: Sequence[Picture] = (),
    product: Product | None = None,
    client_id: str = "",
    at: dt.datetime | None = None,
) -> Message:
    """Says something in the author's seat; again with the same ``client_id``, it is the same message.

    ``product`` makes it a product card, which only the channel's team may send. ``at`` dates it back, without
    limits. Raises BadMessage, NotAllowed, Blocked, TooManyMessages.
    """
    text, pictures = text.replace("\r\n", "\n").strip(), list(dict.fromkeys(pictures))
    client_id = client_id or secrets.token_hex(16)
    _check(text, pictures, product, client_id)
    if kept := _find(conversation, author, client_id):
        return kept
    if at is None:
        limits.take_message(author)
    return _store(
        conversation,
        author,
        pictures,
        is_live=at is None,
        values={"text": text, "product": product, "client_id": client_id, "sent_at": at or timezone.now()},
    )


def _find(conversation: Conversation, author: User, client_id: str) -> Message | None:
    return Message.objects.filter(conversation=conversation, author=author, client_id=client_id).first()


def _kind(pictures: Sequence[Picture], product: Product | None) -> Kind:
    if product:
        return Kind.PRODUCT
    return Kind.PICTURES if pictures else Kind.TEXT


@transaction.atomic
def _store(
    conversation: Conversation, author: User, pictures: Sequence[Picture], *, is_live: bool, values: dict[str, object]
) -> Message:
    conversation = lock_conversation(conversation.pk)
    if kept := _find(conversation, author, str(values["client_id"])):
        return kept
    side, product = side_of(conversation, author), values["product"]
    check_open(conversation, side)
    if isinstance(product, Product) and (side != Side.CHANNEL or product.channel_id != conversation.channel_id):
        raise BadMessage(_("Only the channel itself can show its products here."))
    message = Message.objects.create(
        conversation=conversation,
        author=author,
        side=side,
        kind=_kind(pictures, product if isinstance(product, Product) else None),
        steers_outside=steers_outside(str(values["text"])),
        **values,
    )
    MessagePicture.objects.bulk_create(
        MessagePicture(message=message, picture=picture, position=position) for position, picture in enumerate(pictures)
    )
    count_message(conversation, message)
    if side == Side.SHOPPER and is_live:
        _answer_out_of_hours(conversation, message)
        _tell_programs(conversation, message)
    return message


def _tell_programs(conversation: Conversation, message: Message) -> None:
    """Webhooks of the channel hear what a shopper says."""
    said = {"conversation": conversation.pk, "message": message.pk, "kind": message.kind, "text": message.text}
    sellers.emit(
        channel_id=conversation.channel_id,
        event=Hook.Event.MESSAGE,
        key=str(message.pk),
        data=said | {"product": conversation.product_id},
    )


def count_message(conversation: Conversation, message: Message) -> None:
    """The message is the conversation's last one now, unread by who did not write it; under its lock. Told after commit."""
    conversation.last_message, conversation.last_message_at = message, message.sent_at
    if message.side != Side.CHANNEL:
        conversation.channel_unread += 1
        conversation.is_archived = False
    if message.side != Side.SHOPPER:
        conversation.shopper_unread += 1
    conversation.save(
        update_fields=["last_message", "last_message_at", "channel_unread", "shopper_unread", "is_archived"]
    )
    if message.kind in SAID and not message.is_automatic:
        _tell_if_unread(conversation, message)
    transaction.on_commit(partial(live.publish, "message", conversation, side=message.side, id=message.pk))


def _tell_if_unread(conversation: Conversation, message: Message) -> None:
    """In a minute, the first of the words that the other side has not read yet is news to it; the others are not."""
    other = Side.CHANNEL if message.side == Side.SHOPPER else Side.SHOPPER
    key = f"{conversation.pk}:{other}:{conversation.read_by(other)}"
    outbox.put("chat.unread", {"message": message.pk}, key=key, due_at=timezone.now() + UNREAD_FOR)


def _answer_out_of_hours(conversation: Conversation, message: Message) -> None:
    """The channel's automatic reply, outside its hours and not twice within twelve."""
    hours = OfficeHours.objects.filter(channel=conversation.channel, is_on=True).exclude(text="").first()
    now = timezone.now()
    if hours is None or hours.is_open_at(now.astimezone(ZoneInfo(MARKETS[conversation.channel.market].time_zone))):
        return
    if conversation.auto_replied_at and now - conversation.auto_replied_at < AUTO_REPLY_EVERY:
        return
    reply = Message.objects.create(
        conversation=conversation,
        side=Side.CHANNEL,
        text=hours.text,
        client_id=f"hours-{message.pk}",
        is_automatic=True,
        steers_outside=steers_outside(hours.text),
    )
    conversation.auto_replied_at = now
    conversation.save(update_fields=["auto_replied_at"])
    count_message(conversation, reply)


def add_notice(conversation: Conversation, notice: Message.Notice, words: str = "") -> Message:
    """Something that happened, in the thread of both sides; nobody's unread grows. Call it under the lock."""
    message = Message.objects.create(
        conversation=conversation,
        side=Side.NOBODY,
        kind=Kind.NOTICE,
        notice=notice,
        text=words,
        client_id=secrets.token_hex(16),
    )
    transaction.on_commit(partial(live.publish, "message", conversation, side=Side.NOBODY, id=message.pk))
    return message
