"""Statements: what moved on an account in some days, to print or as CSV, never all in memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.money import plain_amount
from core.pages import Request
from core.spreadsheets import csv_response, safe_cell
from payments import selectors
from payments.forms import PeriodForm
from payments.models import Posting
from sellers.models import Channel

PRINTED = 2000  # rows on a page to print; the CSV has them all


def show(request: Request, owner: User | Channel, currency: str, name: str, frame: str, context: dict[str, Any]) -> Any:
    """The form, the printable statement for a good period, or the CSV (``format=csv``)."""
    form = PeriodForm(request.GET if "first" in request.GET else None)
    if not form.is_valid():
        shown = form if form.is_bound else PeriodForm.of_last_month()
        context |= {"form": shown, "frame": frame, "currency": currency, "owner_name": name}
        return render(request, "payments/statement.html", context, status=422 if form.is_bound else 200)
    start, end = form.bounds()
    rows = selectors.stream_postings(owner, currency, start, end)
    if request.GET.get("format") == "csv":
        return csv_response(_lines(rows, currency), f"{currency}-{start:%Y-%m-%d}")
    opening = selectors.get_balance_at(owner, currency, start)
    shown_rows = list(islice(rows, PRINTED + 1))
    context |= {
        "form": form,
        "frame": frame,
        "currency": currency,
        "owner_name": name,
        "rows": shown_rows[:PRINTED],
        "is_cut": len(shown_rows) > PRINTED,
        "opening": opening,
        "closing": selectors.get_balance_at(owner, currency, end),
        "has_statement": True,
    }
    return render(request, "payments/statement.html", context)


def _lines(rows: Iterator[Posting], currency: str) -> Iterator[list[str]]:
    yield [_("Date"), _("Entry"), _("What"), _("Amount"), _("Currency"), _("Request")]
    for row in rows:
        request = row.entry.request
        yield [
            timezone.localtime(row.entry.at).isoformat(timespec="seconds"),
            str(row.entry_id),
            safe_cell(f"{row.entry.get_kind_display()}: {request.title}" if request else row.entry.get_kind_display()),
            plain_amount(row.amount_minor, currency),
            currency,
            request.token if request else "",
        ]
