"""What this room does when a provider has news and when the outbox delivers."""

from typing import Any

from django.dispatch import receiver

from core import outbox
from payments import signals
from payments.models import RequestTransition
from payments.providers.signals import provider_notice
from payments.services import gateways


@receiver(provider_notice, dispatch_uid="payments.hear_notice")
def hear_notice(*, provider: str, reference: str, **_: Any) -> None:
    """Sent after the notice is committed, possibly more than once."""
    gateways.hear_notice(provider=provider, reference=reference)


@outbox.handler("payments.transition")
def pass_on_transition(payload: dict[str, Any]) -> None:
    """All that follows a transition follows together, or is tried again together."""
    transitions = RequestTransition.objects.select_related("request__channel", "request__buyer", "by")
    signals.request_moved.send(RequestTransition, transition=transitions.get(pk=payload["transition"]))
