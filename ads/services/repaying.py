"""Repaying ads on credit: by hand, from released money as agreed, set off when late, or written off by staff."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ads import notices
from ads.models import CreditLine, Repayment, Statement
from ads.services.changes import check_manager, check_reason, check_staff, note
from ads.services.lending import end_late, lock_line, tell_moved
from core import audit
from payments import selectors as payment_selectors
from payments import services as payments

Source = Repayment.Source
Status = Statement.Status


def _owed(line: CreditLine) -> list[Statement]:
    """The line's open statements, the one due first on top, locked after the line."""
    statements = Statement.objects.select_for_update(no_key=True).filter(line=line, status__in=Statement.OWED)
    return list(statements.order_by("due_at", "pk"))


@payments.verb
def repay(*, line: CreditLine, amount_minor: int, source: str, by: User, key: str) -> CreditLine:
    """A manager repays statements, the oldest first, from her wallet or from what the channel earned.

    Raises NotAllowed, BadAmount (nothing, or more than is to be repaid), NotEnoughMoney, KeyReused.
    """
    check_manager(line.channel, by)
    if source not in (Source.WALLET, Source.BALANCE):
        raise payments.BadRequest("source", _("Choose one of the list."))
    line = lock_line(line.channel_id)
    statements = _owed(line)
    if not 1 <= amount_minor <= sum(statement.left_minor for statement in statements):
        raise payments.BadAmount(_("That is not between nothing and what is to be repaid."))
    return _pay(line, statements, amount_minor, source, by if source == Source.WALLET else None, by, key)


def _pay(
    line: CreditLine,
    statements: Iterable[Statement],
    amount_minor: int,
    source: str,
    person: User | None,
    by: User | None,
    key: str,
) -> CreditLine:
    """One entry of the ledger, shared among locked statements in their order, fees before what was spent."""
    spent_in_all = fees_in_all = 0
    settled = []
    left = amount_minor
    for statement in statements:
        part = min(left, statement.left_minor)
        if not part:
            break
        fees = min(part, statement.fees_left_minor)
        left, fees_in_all, spent_in_all = left - part, fees_in_all + fees, spent_in_all + part - fees
        statement.fees_paid_minor += fees
        statement.spent_paid_minor += part - fees
        _save_paid(statement, by)
        Repayment.objects.create(statement=statement, source=source, amount_minor=part, person=person)
        settled += [statement] if statement.status == Status.REPAID else []
    line.owed_minor -= spent_in_all
    line.save(update_fields=["owed_minor"])
    payments.repay_ads(
        channel=line.channel, spent_minor=spent_in_all, fees_minor=fees_in_all,
        person=person.pk if person else None, actor=by.pk if by else None, key=key,
    )  # fmt: skip
    _end_late_if_settled(line)
    for statement in settled:
        notices.tell_statement(statement, "ads_repaid")
    return line


def _save_paid(statement: Statement, by: User | None) -> None:
    before = statement.status
    if not statement.left_minor:
        statement.status, statement.settled_at = Status.REPAID, timezone.now()
        note(statement, before, by=by)
    statement.save(update_fields=["fees_paid_minor", "spent_paid_minor", "status", "settled_at"])


def _end_late_if_settled(line: CreditLine) -> None:
    if not line.statements.filter(status=Status.LATE).exists():
        end_late(line)


@transaction.atomic
def collect_share(*, channel_id: int, released_minor: int, key: str) -> int:
    """Money was released to the channel: the agreed share of it repays what is due, all of it when late.

    Returns how much. The caller sees to it that a ``key`` comes once; the ledger refuses it a second time.
    """
    line = CreditLine.objects.select_for_update(no_key=True).filter(channel=channel_id).first()
    if line is None or not released_minor:
        return 0
    if line.statements.filter(status=Status.LATE).exists():
        return set_off(line)
    return _collect(line, released_minor * line.share_percent // 100, Source.SHARE, key)


def set_off(line: CreditLine) -> int:
    """Of a locked line that is late: all that the channel has earned, up to what is to be repaid; returns how much."""
    return _collect(line, payment_selectors.get_payable_balance(line.channel), Source.SET_OFF)


def set_off_late() -> int:
    """What came to channels that are late by another way than a release, as a payout that came back.

    Returns of how many something was taken.
    """
    late = CreditLine.objects.filter(statements__status=Status.LATE).distinct().order_by("pk")
    return sum(_set_off_one(pk) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _set_off_one(pk: int) -> bool:
    line = CreditLine.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
    return line is not None and bool(set_off(line))


def _collect(line: CreditLine, most_minor: int, source: str, key: str = "") -> int:
    """Without a ``key`` it is made of what was repaid so far, which each time is more."""
    statements = _owed(line)
    left = sum(statement.left_minor for statement in statements)
    amount = min(most_minor, left, payment_selectors.get_payable_balance(line.channel))
    if amount <= 0:
        return 0
    key = key or f"ads:set_off:{statements[0].pk}:{statements[0].paid_minor}"
    _pay(line, statements, amount, source, None, None, key)
    return amount


@transaction.atomic
def write_off(*, statement: Statement, by: User, reason: str) -> Statement:
    """Staff give up a late statement: what is left of it is our loss, and the line gives no more.

    Raises NotAllowed, BadRequest.
    """
    check_staff(by)
    reason = check_reason(reason)
    line = lock_line(statement.line.channel_id)
    statement = Statement.objects.select_for_update(no_key=True).get(pk=statement.pk)
    if statement.status != Status.LATE:
        raise payments.NotAllowed
    left, fees = statement.left_minor, statement.fees_left_minor
    statement.written_off_minor, statement.status, statement.settled_at = left, Status.WRITTEN_OFF, timezone.now()
    statement.save(update_fields=["written_off_minor", "status", "settled_at"])
    before, line.status = line.status, CreditLine.Status.WRITTEN_OFF
    line.owed_minor -= left - fees
    line.save(update_fields=["status", "owed_minor"])
    payments.write_off_ads(
        channel=line.channel, spent_minor=left - fees, fees_minor=fees, actor=by.pk, key=f"ads:write_off:{statement.pk}"
    )
    note(statement, Status.LATE, by=by, reason=reason, written_off=left)
    if before != line.status:
        note(line, before, by=by, reason=reason)
        tell_moved(line)
    audit.log(actor=by, verb="written off", subject=statement, reason=reason, data={"left": left})
    notices.tell_statement(statement, "ads_written_off")
    return statement
