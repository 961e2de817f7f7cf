"""Staff decide about credit: approve with terms, ask for more, reject; two persons above a limit; all of it logged."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads import notices
from ads.models import CreditApplication
from ads.services.changes import check_reason, check_staff, note
from ads.services.lending import needs_two_persons, open_line
from core import audit
from core.money import MAX_MINOR
from payments import services as payments

Status = CreditApplication.Status
MAX_FEE_BASIS_POINTS = 30_00
MAX_PERIOD_DAYS = 92


def _lock(application: CreditApplication, by: User, status: str) -> CreditApplication:
    """As it is now; raises NotAllowed unless it stands there and the person is staff and not of the channel's team."""
    check_staff(by)
    if application.channel.members.filter(person=by).exists():
        raise payments.NotAllowed(_("You are of this channel’s team: somebody else decides."))
    application = CreditApplication.objects.select_for_update(no_key=True).get(pk=application.pk)
    if application.status != status:
        raise payments.NotAllowed
    return application


def _check_terms(limit_minor: int, fee_basis_points: int, period_days: int) -> None:
    if not 1 <= limit_minor <= MAX_MINOR:
        raise payments.BadRequest("limit", _("That amount is out of range."))
    if not 0 <= fee_basis_points <= MAX_FEE_BASIS_POINTS:
        raise payments.BadRequest("fee_basis_points", _("A fee is 0 to 30 %."))
    if not 1 <= period_days <= MAX_PERIOD_DAYS:
        raise payments.BadRequest("period_days", _("A period has 1 to 92 days."))


def _move(application: CreditApplication, status: str, by: User, reason: str, **data: Any) -> CreditApplication:
    before, application.status = application.status, Status(status)
    application.staff_words = reason
    if status in (Status.APPROVED, Status.REJECTED):
        application.decided_at = timezone.now()
    application.save()
    note(application, before, by=by, reason=reason, **data)
    audit.log(actor=by, verb=str(status), subject=application, reason=reason, data=data | {"score": application.score})
    return application


@transaction.atomic
def approve_application(
    *, application: CreditApplication, by: User, limit_minor: int, fee_basis_points: int, period_days: int, reason: str = ""
) -> CreditApplication:  # fmt: skip
    """Opens the line, or above the limit proposes to. Raises NotAllowed, BadRequest."""
    application = _lock(application, by, Status.SENT)
    _check_terms(limit_minor, fee_basis_points, period_days)
    application.limit_minor, application.proposed_by = limit_minor, by
    application.fee_basis_points, application.period_days = fee_basis_points, period_days
    terms = {"limit": limit_minor, "fee_basis_points": fee_basis_points, "period_days": period_days}
    if needs_two_persons(limit_minor, application.currency):
        return _move(application, Status.PROPOSED, by, reason.strip(), **terms)
    return _approve(_move(application, Status.APPROVED, by, reason.strip(), **terms), by)


def _approve(application: CreditApplication, by: User) -> CreditApplication:
    open_line(application, by)
    notices.tell_application(application)
    return application


@transaction.atomic
def confirm_approval(*, application: CreditApplication, by: User) -> CreditApplication:
    """A second person opens the line. Raises NotAllowed, SamePerson."""
    application = _lock(application, by, Status.PROPOSED)
    if application.proposed_by_id == by.pk:
        raise payments.SamePerson
    return _approve(_move(application, Status.APPROVED, by, application.staff_words), by)


@transaction.atomic
def send_back_approval(*, application: CreditApplication, by: User, reason: str) -> CreditApplication:
    """A second person does not agree; somebody decides anew. Raises NotAllowed, SamePerson, BadRequest."""
    application = _lock(application, by, Status.PROPOSED)
    if application.proposed_by_id == by.pk:
        raise payments.SamePerson
    reason = check_reason(reason, _("Write why: whoever decides anew reads it."))
    application.proposed_by, application.limit_minor = None, None
    return _move(application, Status.SENT, by, reason)


@transaction.atomic
def ask_for_more(*, application: CreditApplication, by: User, reason: str) -> CreditApplication:
    """The applicant is asked a question and may change everything. Raises NotAllowed, BadRequest."""
    application = _lock(application, by, Status.SENT)
    application.answer = ""
    application = _move(application, Status.MORE_ASKED, by, check_reason(reason))
    notices.tell_application(application)
    return application


@transaction.atomic
def reject_application(*, application: CreditApplication, by: User, reason: str) -> CreditApplication:
    """Raises NotAllowed, BadRequest."""
    application = _lock(application, by, Status.SENT)
    application = _move(application, Status.REJECTED, by, check_reason(reason))
    notices.tell_application(application)
    return application
