"""Statements: issued when a period ends, reminded of, late with a fee; every sweep may run twice."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from ads import notices
from ads.models import CreditLine, Spending, Statement
from ads.models.lines import WHOLE
from ads.services.changes import note
from ads.services.lending import set_late
from ads.services.repaying import set_off, set_off_late
from payments import services as payments

logger = logging.getLogger(__name__)
Status = Statement.Status
DUE_AFTER = dt.timedelta(days=14)
REMIND_DAYS = (-3, 3, 7, 14)  # after the due date; what is late by itself is told when it gets late


def fee_of(minor: int, basis_points: int) -> int:
    """Rounded up to the unit."""
    return -(-minor * basis_points // WHOLE)


def issue_due(*, now: dt.datetime | None = None) -> int:
    """Ends each period that is over; returns how many statements that made."""
    now = now or timezone.now()
    ended = CreditLine.objects.filter(period_ends_at__lte=now).order_by("period_ends_at", "pk")
    return sum(_issue_one(pk, now) for pk in list(ended.values_list("pk", flat=True)))


@transaction.atomic
def _issue_one(pk: int, now: dt.datetime) -> bool:
    lines = CreditLine.objects.select_for_update(no_key=True, skip_locked=True)
    line = lines.filter(pk=pk, period_ends_at__lte=now).first()
    return line is not None and _issue(line, now) is not None


def _issue(line: CreditLine, now: dt.datetime) -> Statement | None:
    """What was spent since the last statement, with the fee for it; nothing where nothing was spent."""
    statement = None
    spendings = Spending.objects.filter(line=line, statement=None)
    spent = spendings.aggregate(total=Sum("cost_minor"))["total"]
    if spent:
        number = (line.statements.aggregate(last=Max("number"))["last"] or 0) + 1
        fee = fee_of(spent, line.fee_basis_points)
        statement = Statement.objects.create(
            line=line, number=number, currency=line.currency, period_start=line.period_start, period_end=now,
            due_at=now + DUE_AFTER, spent_minor=spent, fee_minor=fee,
        )  # fmt: skip
        spendings.update(statement=statement)
        if fee:
            payments.charge_ad_fee(channel=line.channel, amount_minor=fee, key=f"ads:fee:{statement.pk}")
        note(statement, "", total=statement.total_minor)
        notices.tell_statement(statement, "ads_statement")
    line.period_start, line.period_ends_at = now, now + dt.timedelta(days=line.period_days)
    line.save(update_fields=["period_start", "period_ends_at"])
    return statement


def mark_late(*, now: dt.datetime | None = None) -> int:
    """Statements past their day: a fee, the line stops giving, what the channel earned is set off; returns how many."""
    now = now or timezone.now()
    due = Statement.objects.filter(status=Status.OPEN, due_at__lt=now).order_by("due_at", "pk")
    return sum(_mark_one(pk, line, now) for pk, line in list(due.values_list("pk", "line")))


@transaction.atomic
def _mark_one(pk: int, line_pk: int, now: dt.datetime) -> bool:
    line = CreditLine.objects.select_for_update(no_key=True).get(pk=line_pk)
    statement = Statement.objects.select_for_update(no_key=True).filter(
        pk=pk, status=Status.OPEN, due_at__lt=now
    ).first()  # fmt: skip
    if statement is None:
        return False
    fee = fee_of(statement.left_minor, settings.ADS_LATE_FEE_BASIS_POINTS)
    statement.status, statement.late_fee_minor = Status.LATE, fee
    statement.save(update_fields=["status", "late_fee_minor"])
    if fee:
        payments.charge_ad_fee(channel=line.channel, amount_minor=fee, key=f"ads:late:{statement.pk}")
    note(statement, Status.OPEN, late_fee=fee)
    set_late(line)
    notices.tell_statement(statement, "ads_late")
    set_off(line)
    return True


def remind_due(*, now: dt.datetime | None = None) -> int:
    """Tells of what is due soon or still late, each of REMIND_DAYS once; returns how many were told."""
    now = now or timezone.now()
    owed = Statement.objects.filter(status__in=Statement.OWED, due_at__lte=now - dt.timedelta(days=REMIND_DAYS[0]))
    return sum(_remind(pk, now) for pk in list(owed.order_by("due_at", "pk").values_list("pk", flat=True)))


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> bool:
    """Of the newest day that has come; those missed meanwhile are left out."""
    statements = Statement.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    statement = statements.select_related("line__channel").filter(pk=pk, status__in=Statement.OWED).first()
    if statement is None:
        return False
    come = [days for days in REMIND_DAYS if statement.due_at + dt.timedelta(days=days) <= now]
    last = statement.reminded_days
    if not come or (last is not None and last >= come[-1]):
        return False
    statement.reminded_days = come[-1]
    statement.save(update_fields=["reminded_days"])
    if (come[-1] < 0) != (statement.status == Status.OPEN):
        return False  # it has just got late: told by that
    kind = "ads_due_soon" if come[-1] < 0 else "ads_still_late"
    notices.tell_statement(statement, kind, str(come[-1]))
    return True


def run_due(*, now: dt.datetime | None = None) -> int:
    """All of the above, and what late channels have earned is set off; returns how much was done.

    One that fails stops no other.
    """
    sweeps: list[Callable[[], int]] = [
        partial(issue_due, now=now),
        partial(mark_late, now=now),
        set_off_late,
        partial(remind_due, now=now),
    ]
    done = 0
    for number, sweep in enumerate(sweeps, start=1):
        try:
            done += sweep()
        except Exception:
            logger.exception("Sweep %s of statements failed", number)
    return done
