"""Credit lines: opened by an approval, their limit moved with the ledger's floor, late, closed and open again."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads import notices, signals
from ads.models import CreditApplication, CreditLine, Statement
from ads.services.changes import check_reason, check_staff, note
from ads.services.errors import NoCreditLine
from core import audit
from payments import services as payments

Status = CreditLine.Status


def lock_line(channel_id: int) -> CreditLine:
    """The channel's line as it is now. Raises NoCreditLine."""
    line = CreditLine.objects.select_for_update(no_key=True).filter(channel=channel_id).first()
    if line is None:
        raise NoCreditLine
    return line


def open_line(application: CreditApplication, by: User) -> CreditLine:
    """By the terms of an approved application: a new line, or the channel's own with new terms."""
    terms: dict[str, Any] = {
        "limit_minor": application.limit_minor,
        "fee_basis_points": application.fee_basis_points,
        "period_days": application.period_days,
        "share_percent": application.share_percent,
    }
    channel = application.channel
    line = CreditLine.objects.select_for_update(no_key=True).filter(channel=channel).first()
    if line:
        return _change(line, by, _("By an approved application"), status=Status.ACTIVE, **terms)
    payments.set_ads_limit(channel=channel, limit_minor=terms["limit_minor"])
    line = CreditLine.objects.create(
        channel=channel,
        currency=channel.currency,
        period_ends_at=timezone.now() + dt.timedelta(days=terms["period_days"]),
        **terms,
    )
    note(line, "", by=by, **terms)
    return line


def _change(line: CreditLine, by: User | None, reason: str, **changes: Any) -> CreditLine:
    """Writes new terms or a new status of a locked line, into the trail too."""
    if changes.get("status") == Status.ACTIVE and line.statements.filter(status=Statement.Status.LATE).exists():
        changes["status"] = Status.LATE  # who is late repays first
    before, old = line.status, {name: getattr(line, name) for name in changes}
    limit = changes.get("limit_minor", line.limit_minor)
    if limit < line.owed_minor + line.reserved_minor:
        raise payments.BadRequest("limit", _("More than that is owed or reserved already."))
    if limit != line.limit_minor:
        payments.set_ads_limit(channel=line.channel, limit_minor=limit)
    for name, value in changes.items():
        setattr(line, name, value)
    line.save(update_fields=list(changes))
    note(line, before, by=by, reason=reason, old=old, new=changes)
    if line.status != before:
        tell_moved(line)
    return line


def tell_moved(line: CreditLine) -> None:
    """Campaigns hear of a line's new status after commit: they are locked before it, never after."""
    transaction.on_commit(lambda: signals.line_moved.send(CreditLine, line=line), robust=True)


def needs_two_persons(limit_minor: int, currency: str) -> bool:
    """Whether one person may not give this limit alone."""
    above: int = settings.ADS_TWO_PERSONS_ABOVE_MINOR[currency]
    return limit_minor > above


@transaction.atomic
def change_limit(*, line: CreditLine, limit_minor: int, by: User, reason: str) -> CreditLine:
    """Staff raise or lower it, never below what is owed and reserved. Raises NotAllowed, BadRequest.

    A raise that needs two persons goes through an application, where the second one confirms it.
    """
    check_staff(by)
    reason = check_reason(reason)
    line = lock_line(line.channel_id)
    if limit_minor > line.limit_minor and needs_two_persons(limit_minor, line.currency):
        raise payments.BadRequest("limit", _("A second person must confirm this decision."))
    data = {"from": line.limit_minor, "to": limit_minor}
    line = _change(line, by, reason, limit_minor=limit_minor)
    audit.log(actor=by, verb="limit changed", subject=line, reason=reason, data=data)
    notices.tell_limit(line)
    return line


@transaction.atomic
def close_line(*, line: CreditLine, by: User, reason: str) -> CreditLine:
    """No new ads on credit; what is owed stays owed. Raises NotAllowed, BadRequest."""
    return _set_status(line, by, reason, (Status.ACTIVE,), Status.CLOSED)


@transaction.atomic
def reopen_line(*, line: CreditLine, by: User, reason: str) -> CreditLine:
    """Raises NotAllowed, BadRequest."""
    return _set_status(line, by, reason, (Status.CLOSED, Status.WRITTEN_OFF), Status.ACTIVE)


def _set_status(line: CreditLine, by: User, reason: str, allowed: tuple[str, ...], status: str) -> CreditLine:
    check_staff(by)
    reason = check_reason(reason)
    line = lock_line(line.channel_id)
    if line.status not in allowed:
        raise payments.NotAllowed
    line = _change(line, by, reason, status=status)
    audit.log(actor=by, verb=f"line {status}", subject=line, reason=reason)
    return line


def set_late(line: CreditLine) -> None:
    """A locked line stops giving."""
    if line.status == Status.ACTIVE:
        _change(line, None, "", status=Status.LATE)


def end_late(line: CreditLine) -> None:
    """A locked line whose late statements are all settled gives again."""
    if line.status != Status.LATE:
        return
    before, line.status = line.status, Status.ACTIVE
    line.save(update_fields=["status"])
    note(line, before)
    tell_moved(line)
