"""What the recommender does when rooms below have news."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Consent, User
from accounts.signals import consent_withdrawn, guest_joined
from chat.signals import product_asked
from payments.machine import OPEN, State
from payments.models import RequestTransition
from payments.signals import request_moved
from recommender import services as recommender
from recommender.models import Interaction


@receiver(guest_joined, dispatch_uid="recommender.join_guest")
def join_guest(*, person: User, guest: dict[str, Any], **_: Any) -> None:
    """Sent after commit."""
    recommender.join_guest(guest=guest.get("key", ""), person=person)


@receiver(consent_withdrawn, dispatch_uid="recommender.forget_all")
def forget_all(*, person: User, purposes: list[str], **_: Any) -> None:
    """Sent after commit."""
    if Consent.Purpose.PICKS in purposes:
        recommender.forget_all(person_id=person.pk)


@receiver(request_moved, dispatch_uid="recommender.note_money")
def note_money(*, transition: RequestTransition, **_: Any) -> None:
    """What somebody wants to buy and what she paid for; written in the outbox's own transaction, so once."""
    request = transition.request
    if not request.product_id or transition.from_state not in ("", *OPEN):
        return
    kind = {State.REQUESTED: Interaction.Kind.REQUEST, State.HELD: Interaction.Kind.PAY}.get(State(transition.to_state))
    if kind:
        recommender.note(transition=transition, kind=kind)


@receiver(product_asked, dispatch_uid="recommender.note_question")
def note_question(*, shopper_id: int, **_: Any) -> None:
    """Sent after commit."""
    recommender.note_question(person_id=shopper_id)
