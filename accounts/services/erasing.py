"""Leaving: asked for, waited for, done. The row of the person stays as a number that the books point to."""

import logging
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import DataExport, Erasure, User
from accounts.services.exporting import forget_export
from accounts.services.people import end_sessions
from core import audit, outbox, personal_data

logger = logging.getLogger(__name__)
State = Erasure.State
LOOK_AGAIN = timedelta(days=1)


class CannotLeave(Exception):
    """``reasons`` are sentences for the person."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def ask_to_leave(*, person: User) -> Erasure:
    """Begins the wait of ERASURE_DAYS and signs her out everywhere. Raises CannotLeave."""
    User.objects.select_for_update().get(pk=person.pk)
    if reasons := personal_data.reasons_to_stay(person):
        raise CannotLeave(reasons)
    due_at = timezone.now() + timedelta(days=settings.ERASURE_DAYS)
    erasure, is_new = Erasure.objects.get_or_create(person=person, state=State.ASKED, defaults={"due_at": due_at})
    if is_new:
        audit.log(actor=person, verb="asked_to_leave", subject=person, data={"due_at": due_at.isoformat()})
        outbox.put("accounts.leaving", {"erasure": erasure.pk}, key=str(erasure.pk))
    end_sessions(person=person)
    return erasure


@transaction.atomic
def cancel_leaving(*, person: User) -> bool:
    """She came back in time. Whether she had been about to leave."""
    asked = Erasure.objects.filter(person=person, state=State.ASKED)
    if not asked.update(state=State.CANCELLED, ended_at=timezone.now()):
        return False
    audit.log(actor=person, verb="stayed", subject=person)
    return True


def erase_due(*, limit: int) -> int:
    """Erases at most ``limit`` people whose wait is over; returns how many. Whoever fails is tried again, and named
    in the log; the others have their turn."""
    due = Erasure.objects.filter(state=State.ASKED, due_at__lte=timezone.now())
    done = 0
    for pk in due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            done += erase(pk=pk)
        except Exception:
            logger.exception("Erasure %s failed", pk)
            Erasure.objects.filter(pk=pk).update(due_at=timezone.now() + LOOK_AGAIN)
    return done


@transaction.atomic
def erase(*, pk: int) -> bool:
    """Erases one person if she still wants it and nothing keeps her; else it is looked at again in a day."""
    erasure = Erasure.objects.select_for_update().get(pk=pk)
    if erasure.state != State.ASKED:
        return False
    person = User.objects.select_for_update().get(pk=erasure.person_id)
    if personal_data.reasons_to_stay(person):
        erasure.due_at = timezone.now() + LOOK_AGAIN
        erasure.save(update_fields=["due_at"])
        return False
    for export in DataExport.objects.filter(person=person):
        forget_export(export)
    end_sessions(person=person)
    personal_data.erase(person)
    _empty(person)
    erasure.state, erasure.ended_at = State.DONE, timezone.now()
    erasure.save(update_fields=["state", "ended_at"])
    audit.log(actor=None, verb="erased", subject=person)
    return True


def _empty(person: User) -> None:
    """An address in a domain that will never exist (RFC 2606) keeps the row one that can be told from others."""
    EmailAddress.objects.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()
    person.email, person.phone, person.phone_verified_at = f"erased-{person.pk}@erased.invalid", None, None
    person.display_name, person.avatar, person.declined, person.grouped_as = "", None, [], ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login, person.erased_at = None, timezone.now()
    person.set_unusable_password()
    person.save()
