"""What this room does when the outbox delivers, and when a guest turns out to be somebody."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Consent, User
from accounts.signals import consent_withdrawn, guest_joined
from core import outbox
from insights import services
from insights.models import Applicant, Visit
from insights.services.feedback import LETTER


@outbox.handler(services.CARRY)
def carry_over(payload: dict[str, Any]) -> None:
    services.carry_over(Applicant.objects.get(pk=payload["applicant"]))


@outbox.handler(LETTER)
def send_letter(payload: dict[str, Any]) -> None:
    services.send_letter(feedback_id=payload["feedback"])


@receiver(guest_joined, dispatch_uid="insights.keep_what_a_guest_did")
def keep_what_a_guest_did(*, person: User, guest: dict[str, Any], **_: Any) -> None:
    """Sent after commit."""
    if key := guest.get("key"):
        services.keep_what_a_guest_did(person=person, guest=key)


@receiver(consent_withdrawn, dispatch_uid="insights.forget_visits")
def forget_visits(*, person: User, purposes: list[str], **_: Any) -> None:
    """Sent after commit."""
    if Consent.Purpose.MEASURING in purposes:
        Visit.objects.filter(person=person).delete()
