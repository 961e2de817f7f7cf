"""What this room does when money moves below, and when a channel goes away or comes back."""

from typing import Any

from django.dispatch import receiver

from ads import services as ads
from ads.models import CreditLine
from ads.signals import line_moved
from payments import selectors as payments
from payments import signals
from payments.models import RequestTransition
from sellers.signals import channels_changed


@receiver(signals.request_moved, dispatch_uid="ads.collect_share")
def collect_share(*, transition: RequestTransition, **_: Any) -> None:
    """In the outbox's transaction: what is written here is written once."""
    released = payments.get_released(transition)
    if released:
        ads.collect_share(
            channel_id=transition.request.channel_id, released_minor=released, key=f"ads:share:{transition.pk}"
        )


@receiver(signals.attempt_changed, dispatch_uid="ads.settle_checkout")
def settle_checkout(*, attempt_id: int, **_: Any) -> None:
    """At once where the payer waits for it; what is lost here is swept."""
    ads.settle_checkout(attempt_id=attempt_id)


@receiver(channels_changed, dispatch_uid="ads.read_campaigns_anew")
def read_campaigns_anew(*, channel_ids: list[int], **_: Any) -> None:
    """A channel that went on holiday shows no ad within seconds."""
    ads.touch_campaigns(channel_ids=channel_ids)


@receiver(line_moved, dispatch_uid="ads.read_campaigns_of_line_anew")
def read_campaigns_of_line_anew(*, line: CreditLine, **_: Any) -> None:
    """A line that gives nothing shows nothing either: no click of its ads could be charged."""
    ads.touch_campaigns(channel_ids=[line.channel_id])
