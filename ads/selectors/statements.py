"""What a channel owes for ads, how it came about, and how it moved."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from ads.models import CreditLine, Repayment, Spending, Statement
from core.markets import MARKETS
from payments.models import Account, Posting
from payments.models.ledger import DEBTS
from sellers.models import Channel


def get_statements(line: CreditLine, limit: int = 60) -> list[Statement]:
    """Newest first."""
    return list(line.statements.order_by("-number")[:limit])


def get_owed_statements(line: CreditLine) -> list[Statement]:
    """Those to be repaid, the one due first on top."""
    return list(line.statements.filter(status__in=Statement.OWED).order_by("due_at", "pk"))


@dataclass(frozen=True, slots=True)
class StatementPage:
    statement: Statement
    spendings: list[Spending]
    repayments: list[Repayment]


def get_statement(channel: Channel, number: int) -> StatementPage:
    """With its campaigns, the dearest first, and what was repaid. Raises Statement.DoesNotExist. Three queries."""
    statement = Statement.objects.select_related("line").get(line__channel=channel.pk, number=number)
    spendings = statement.spendings.select_related("campaign").order_by("-cost_minor", "pk")
    repayments = statement.repayments.select_related("person").order_by("pk")
    return StatementPage(statement, list(spendings), list(repayments))


def get_owed_by_day(channel: Channel, *, days: int = 28) -> list[tuple[dt.date, int]]:
    """What was owed at the end of each day, fees included, oldest first; today: now. Two queries."""
    zone = ZoneInfo(MARKETS[channel.market].time_zone)
    today = timezone.localdate(timezone=zone)
    accounts = Account.objects.filter(kind__in=DEBTS, channel=channel.pk, currency=channel.currency)
    owed = -(accounts.aggregate(total=Sum("balance_minor"))["total"] or 0)
    first = today - dt.timedelta(days=days - 1)
    moved = Posting.objects.filter(account__in=accounts, entry__at__gte=dt.datetime.combine(first, dt.time(), zone))
    day = TruncDate("entry__at", tzinfo=zone)
    by_day = dict(moved.values_list(day).annotate(Sum("amount_minor")).order_by(day))
    points = []
    for back in range(days):
        points.append((today - dt.timedelta(days=back), owed))
        owed += by_day.get(today - dt.timedelta(days=back), 0)
    return points[::-1]


def get_fees_owed(channel: Channel) -> int:
    """Fees of statements that are not repaid."""
    fees = Account.objects.filter(kind=Account.Kind.AD_FEES, channel=channel.pk, currency=channel.currency)
    return -(fees.values_list("balance_minor", flat=True).first() or 0)
