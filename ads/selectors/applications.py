"""What is known of a channel that asks for credit, and where its application stands."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from ads.models import CreditApplication, CreditChange, CreditLine, Statement
from ads.scoring import TURNOVER_DAYS, Facts
from payments.machine import State
from payments.models import MoneyRequest
from sellers.models import Channel

Status = CreditApplication.Status


def get_facts(channel: Channel) -> Facts:
    """Two queries."""
    now = timezone.now()
    since = now - dt.timedelta(days=TURNOVER_DAYS)
    paid = MoneyRequest.objects.filter(channel=channel.pk, paid_at__isnull=False).aggregate(
        all=Count("pk"),
        completed=Count("pk", filter=Q(state=State.RELEASED)),
        disputed=Count("dispute"),
        refunded=Count("pk", filter=Q(refunded_minor__gt=0)),
        turnover=Sum(F("amount_minor") - F("refunded_minor"), filter=Q(state=State.RELEASED, ended_at__gte=since)),
    )
    repaid = Q(status=Statement.Status.REPAID)
    earlier = Statement.objects.filter(line__channel=channel.pk).aggregate(
        on_time=Count("pk", filter=repaid & Q(settled_at__lte=F("due_at"))),
        late=Count("pk", filter=(repaid & Q(settled_at__gt=F("due_at"))) | Q(status=Statement.Status.LATE)),
        written_off=Count("pk", filter=Q(status=Statement.Status.WRITTEN_OFF)),
    )
    payments = paid["all"] or 1
    return Facts(
        currency=channel.currency,
        age_days=(now - channel.opened_at).days if channel.opened_at else 0,
        completed=paid["completed"],
        dispute_basis_points=paid["disputed"] * 10_000 // payments,
        refund_basis_points=paid["refunded"] * 10_000 // payments,
        turnover_minor=paid["turnover"] or 0,
        followers=channel.follower_count,
        **earlier,
    )


def get_application(channel: Channel) -> CreditApplication | None:
    """The newest one that was not taken back."""
    rows = CreditApplication.objects.filter(channel=channel).exclude(status=Status.WITHDRAWN)
    return rows.order_by("-pk").first()


def get_changes(machine: str, pk: int) -> QuerySet[CreditChange]:
    """What happened to a row, the first first, with who did it."""
    return CreditChange.objects.filter(machine=machine, row_id=pk).select_related("by").order_by("pk")


def get_line(channel: Channel) -> CreditLine | None:
    return CreditLine.objects.filter(channel=channel).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands among its steps: the number of the one at work, from 1."""

    step: int
    is_over: bool


def get_standing(application: CreditApplication | None) -> Standing:
    """Of the steps: filled in, looked at, decided."""
    if application is None or application.status == Status.DRAFT:
        return Standing(1, is_over=False)
    if application.status in CreditApplication.OPEN:
        return Standing(2, is_over=False)
    return Standing(3, is_over=True)
