"""Money in a conversation: asking for it, buying, and what becomes of it, told in the thread once."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chat.models import Conversation, Message, Side
from chat.services.conversations import check_may_ask, open_conversation
from chat.services.errors import NotAllowed, Refused
from chat.services.locks import check_open, lock_conversation, side_of
from chat.services.messages import count_message
from chat.steering import steers_outside
from payments import selectors as payment_selectors
from payments import services as payments
from payments.machine import State, Who
from payments.models import MoneyRequest, RequestTransition
from sellers import absence
from sellers.models import Channel, Product, Variant

Kind, Notice = Message.Kind, Message.Notice

# What the thread says of a verb; those that are not here change the card only.
MILESTONES = {
    "pay": Notice.PAID,
    "ship": Notice.SHIPPED,
    "confirm_delivery": Notice.DELIVERED,
    "release": Notice.RELEASED,
    "auto_release": Notice.RELEASED,
    "refund": Notice.REFUNDED,
    "refund_unshipped": Notice.REFUNDED,
    "accept_refund": Notice.REFUNDED,
    "accept_offer": Notice.PART_REFUNDED,
    "ask_refund": Notice.REFUND_ASKED,
    "withdraw_refund": Notice.REFUND_WITHDRAWN,
    "escalate": Notice.DISPUTED,
    "decide": Notice.DECIDED,
    "charge_back": Notice.CHARGED_BACK,
    "decline": Notice.DECLINED,
    "cancel": Notice.CANCELLED,
    "expire": Notice.EXPIRED,
}
SIDES = {Who.BUYER: Side.SHOPPER, Who.SELLER: Side.CHANNEL}


@transaction.atomic
def request_money(*, conversation: Conversation, by: User, key: str, **terms: Any) -> Message:
    """The team asks the shopper to pay; the card is in the thread as surely as the request is made.

    ``terms`` as payments.services.request_money takes them. Raises NotAllowed, Blocked, and what that raises.
    """
    locked = _lock_for_team(conversation, by)
    request = payments.request_money(channel=locked.channel, buyer=locked.shopper, by=by, key=key, **terms)
    return _add_card(locked, request, by, Side.CHANNEL)


@transaction.atomic
def draft_money(*, conversation: Conversation, by: User, key: str, **terms: Any) -> MoneyRequest:
    """The same, kept for the team: the thread has its card once it is sent. Raises what ``request_money`` does."""
    locked = _lock_for_team(conversation, by)
    return payments.request_money(channel=locked.channel, buyer=locked.shopper, by=by, as_draft=True, key=key, **terms)


def _lock_for_team(conversation: Conversation, by: User) -> Conversation:
    locked = lock_conversation(conversation.pk)
    if side_of(locked, by) != Side.CHANNEL:
        raise NotAllowed(_("Only the channel's team may do that."))
    check_open(locked, Side.CHANNEL)
    return locked


def check_may_request(channel: Channel, buyer: User) -> None:
    """Outside a conversation too, nobody is asked for money who would get no message from the team.

    Raises payments.services.NotAllowed, which pages of money know.
    """
    try:
        check_open(Conversation(channel=channel, shopper=buyer), Side.CHANNEL)
    except Refused as refusal:
        raise payments.NotAllowed(str(refusal)) from None


def check_may_buy(person: User, product: Product) -> None:
    """Raises NotAllowed with the reason why this person cannot buy this thing now."""
    channel = product.channel
    if channel.members.filter(person=person).exists():
        raise NotAllowed(_("This is your own channel: nobody buys from herself."))
    if channel.is_away:
        raise NotAllowed(absence.refusal(channel))
    if not product.is_listed:
        raise NotAllowed(_("This thing is not for sale now."))
    check_may_ask(person, channel)
    if product.is_sold_out:
        raise NotAllowed(_("It is sold out. You can ask whether it comes back."))


@transaction.atomic
def buy(
    *,
    buyer: User,
    product: Product,
    variant: Variant | None = None,
    quantity: int = 1,
    address: dict[str, Any] | None = None,
    coupon_code: str = "",
    key: str,
) -> Message:
    """The shopper asks to pay for a thing, in the conversation about it; an ``address`` that is new is kept.

    Raises NotAllowed, Blocked, TooManyMessages, and what payments.services.buy raises.
    """
    if not payment_selectors.is_done(key):  # sent again, it is bought already
        check_may_buy(buyer, product)
    locked = lock_conversation(open_conversation(shopper=buyer, channel=product.channel, product=product).pk)
    check_open(locked, Side.SHOPPER)
    request = payments.buy(
        buyer=buyer,
        product=product,
        variant=variant,
        quantity=quantity,
        address=address,
        coupon_code=coupon_code,
        key=key,
    )
    if address and payment_selectors.find_address(buyer, address) is None:
        payments.save_address(person=buyer, **address)
    return _add_card(locked, request, buyer, Side.SHOPPER)


def _steers_outside(request: MoneyRequest) -> bool:
    """Whether words that its card shows lead a payment elsewhere: the note, or what a line is called."""
    terms = payment_selectors.get_terms(request)
    return any(steers_outside(words) for words in (terms.note, *(line.title for line in terms.lines)))


def _add_card(conversation: Conversation, request: MoneyRequest, author: User | None, side: Side) -> Message:
    """The one card of a request; call it under the conversation's lock."""
    card, is_new = Message.objects.get_or_create(
        kind=Kind.MONEY,
        money=request,
        defaults={
            "conversation": conversation,
            "author": author,
            "side": side,
            "client_id": f"request-{request.pk}",
            "steers_outside": _steers_outside(request),
        },
    )
    if is_new:
        count_message(conversation, card)
    return card


def _conversation_for(request: MoneyRequest) -> Conversation:
    """Where a request belongs that was made or kept as a draft: the two's talk about its product, else their newest."""
    talks = Conversation.objects.begun().filter(shopper=request.buyer_id, channel=request.channel_id)
    known = talks.filter(product=request.product_id).first() or talks.order_by("-last_message_at", "-pk").first()
    if known:
        return known
    talk, _made = Conversation.objects.get_or_create(
        shopper=request.buyer, channel=request.channel, product=request.product
    )
    return talk


@transaction.atomic
def show_request(*, transition: RequestTransition) -> Message | None:
    """The card of a transition's request, made now where it was asked outside a conversation; a draft has none.

    A card that is there is warned of by the terms it shows now.
    """
    request = transition.request
    known = Message.objects.filter(kind=Kind.MONEY, money=request).first()
    if known:
        if transition.verb == "edit":
            known.steers_outside = _steers_outside(request)
            known.save(update_fields=["steers_outside"])
        return known
    if request.state == State.DRAFT:
        return None
    talk = _conversation_for(request)
    side = Side.SHOPPER if request.origin == MoneyRequest.Origin.BUYER else Side.CHANNEL
    return _add_card(lock_conversation(talk.pk), request, transition.by, side)


@transaction.atomic
def tell_transition(*, transition: RequestTransition) -> None:
    """Says in the thread what became of its money, once a transition; counted for who did not do it."""
    card = show_request(transition=transition)
    notice = MILESTONES.get(transition.verb)
    if card and notice:
        _add_milestone(lock_conversation(card.conversation_id), transition, notice)


def _add_milestone(conversation: Conversation, transition: RequestTransition, notice: Message.Notice) -> None:
    who = Who.BUYER if transition.verb == "pay" else transition.who
    message, is_new = Message.objects.get_or_create(
        conversation=conversation,
        kind=Kind.NOTICE,
        client_id=f"transition-{transition.pk}",
        defaults={
            "side": SIDES.get(Who(who), Side.NOBODY),
            "money_id": transition.request_id,
            "notice": notice,
            "text": transition.request.title,
        },
    )
    if is_new:
        count_message(conversation, message)
