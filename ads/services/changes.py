"""The append-only trail of applications, lines and statements, and who of a team may write one."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from ads.models import CreditApplication, CreditChange, CreditLine, Statement
from payments import selectors as payment_selectors
from payments import services as payments
from sellers.models import Channel, Role

Machine = CreditChange.Machine
_MACHINES = {CreditApplication: Machine.APPLICATION, CreditLine: Machine.LINE, Statement: Machine.STATEMENT}
REASON = 500


def note(
    row: CreditApplication | CreditLine | Statement,
    before: str,
    *,
    by: User | None = None,
    reason: str = "",
    **data: Any,
) -> CreditChange:
    """Writes that the row came from the status ``before`` to the one it has now; ``data`` is JSON-safe."""
    return CreditChange.objects.create(
        machine=_MACHINES[type(row)],
        row_id=row.pk,
        from_state=before,
        to_state=row.status,
        by=by,
        reason=reason.strip()[:REASON],
        data=data,
    )


def check_manager(channel: Channel, by: User) -> None:
    """Raises NotAllowed for anybody but owner and managers."""
    if payment_selectors.get_role(channel.pk, by) not in Role.at_least(Role.MANAGER):
        raise payments.NotAllowed


def check_staff(by: User) -> None:
    """Raises NotAllowed."""
    if not by.is_staff:
        raise payments.NotAllowed


def check_reason(reason: str, sentence: str = "") -> str:
    """The reason without spaces around it; raises BadRequest where there is none."""
    if not reason.strip():
        raise payments.BadRequest("reason", sentence or _("Write why: the seller reads it."))
    return reason.strip()[:REASON]
