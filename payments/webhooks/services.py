"""Taking notices in, once each."""

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils import timezone

from payments.providers.signals import provider_notice
from payments.webhooks.models import WebhookEvent

KEPT = dt.timedelta(days=90)  # providers repeat a notice for days at most, and an old signature is refused


@transaction.atomic
def receive_notice(*, provider: str, event_id: str, kind: str, reference: str) -> bool:
    """Keeps a notice and, after commit, tells the rooms above; False if they were told before.

    What a receiver raises comes through, and the notice counts as not handled until it is repeated.
    """
    event, _is_new = WebhookEvent.objects.get_or_create(
        provider=provider, event_id=event_id, defaults={"kind": kind, "reference": reference}
    )
    if event.handled_at:
        return False
    transaction.on_commit(partial(_hand_over, event))
    return True


def _hand_over(event: WebhookEvent) -> None:
    provider_notice.send(sender=WebhookEvent, provider=event.provider, reference=event.reference)
    WebhookEvent.objects.filter(pk=event.pk).update(handled_at=timezone.now())


def forget_handled(*, now: dt.datetime | None = None) -> int:
    """Deletes handled notices received longer ago than KEPT; returns how many. The others wait for a repetition."""
    old = WebhookEvent.objects.filter(handled_at__isnull=False, received_at__lt=(now or timezone.now()) - KEPT)
    return old.delete()[0]
