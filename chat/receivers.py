"""What this room does when money moves and when the outbox delivers."""

from typing import Any

from django.dispatch import receiver

from chat import live, notices
from chat import services as chat
from chat.models import Message
from core import outbox
from payments.models import RequestTransition
from payments.signals import request_changed, request_moved


@receiver(request_moved, dispatch_uid="chat.tell_of_money")
def tell_of_money(*, transition: RequestTransition, **_: Any) -> None:
    chat.tell_transition(transition=transition)


@receiver(request_changed, dispatch_uid="chat.refresh_card")
def refresh_card(*, request_id: int, **_: Any) -> None:
    """Open pages show the card as it is now; what the thread says of it follows by the outbox."""
    cards = Message.objects.filter(kind=Message.Kind.MONEY, money=request_id).select_related("conversation")
    cards = cards.only("side", "conversation__shopper", "conversation__channel")
    for card in cards:
        live.publish("card", card.conversation, side=card.side, id=card.pk)


@outbox.handler("chat.unread")
def tell_of_unread(payload: dict[str, Any]) -> None:
    notices.tell_unread(payload["message"])
