"""What this room does when a provider has news and when the outbox delivers."""

from typing import Any

from django.dispatch import receiver

from core import outbox
from payments import notices, signals
from payments.models import Payout, RefundOffer, RequestTransition
from payments.providers.signals import provider_notice
from payments.services import gateways
from sellers import services as sellers
from sellers.models import Hook


@receiver(provider_notice, dispatch_uid="payments.hear_notice")
def hear_notice(*, provider: str, reference: str, **_: Any) -> None:
    """Sent after the notice is committed, possibly more than once."""
    gateways.hear_notice(provider=provider, reference=reference)


@outbox.handler("payments.transition")
def pass_on_transition(payload: dict[str, Any]) -> None:
    """All that follows a transition follows together, or is tried again together; a request's in their order."""
    transitions = RequestTransition.objects.select_related("request__channel", "request__buyer", "by")
    transition = transitions.get(pk=payload["transition"])
    earlier = transition.request.transitions.filter(version=transition.version - 1).values_list("pk", flat=True)
    for pk in earlier:
        outbox.let_pass("payments.transition", str(pk))
    notices.tell_transition(transition)
    request = transition.request
    sellers.emit(
        channel_id=request.channel_id,
        event=Hook.Event.MONEY,
        key=f"{request.pk}:{transition.pk}",
        data={
            "request": request.token,
            "title": request.title,
            "from": transition.from_state,
            "to": transition.to_state,
            "verb": transition.verb,
            "amount_minor": request.amount_minor,
            "currency": request.currency,
        },
    )
    signals.request_moved.send(RequestTransition, transition=transition)


@outbox.handler("payments.offer")
def tell_of_offer(payload: dict[str, Any]) -> None:
    offers = RefundOffer.objects.select_related("request__channel", "request__buyer")
    notices.tell_offer(offers.get(pk=payload["offer"]), payload["state"])


@outbox.handler("payments.payout")
def tell_of_payout(payload: dict[str, Any]) -> None:
    notices.tell_payout(Payout.objects.select_related("channel").get(pk=payload["payout"]), payload["state"])
