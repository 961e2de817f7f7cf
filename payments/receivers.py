"""What this room does when a provider has news."""

from typing import Any

from django.dispatch import receiver

from payments.providers.signals import provider_notice
from payments.services import gateways


@receiver(provider_notice, dispatch_uid="payments.hear_notice")
def hear_notice(*, provider: str, reference: str, **_: Any) -> None:
    """Sent after the notice is committed, possibly more than once."""
    gateways.hear_notice(provider=provider, reference=reference)
