"""A channel's orders of some days as CSV, for packing and for the books."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.money import plain_amount
from core.pages import Request
from core.spreadsheets import csv_response, safe_cell
from payments.forms import PeriodForm
from payments.selectors import orders
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page


@team_page(Role.AGENT)
@require_GET
def order_list(request: Request, channel: Channel) -> HttpResponseBase:
    """The form; the table for a good period. Who packs sees addresses, so agents and above."""
    form = PeriodForm(request.GET if "first" in request.GET else None)
    if form.is_valid():
        rows = orders.stream_orders(channel, *form.bounds())
        return csv_response(_lines(rows), f"{channel.handle}-orders-{form.cleaned_data['first']}")
    shown = form if form.is_bound else PeriodForm.of_last_month()
    return _page(request, channel, shown, status=422 if form.is_bound else 200)


def _page(request: Request, channel: Channel, form: PeriodForm, *, status: int) -> HttpResponse:
    return render(request, "payments/order_form.html", desk(channel, "money", form=form), status=status)


def _lines(rows: Iterator[orders.Order]) -> Iterator[list[str]]:
    yield [
        _("Number"), _("Ordered"), _("State"), _("What"), _("Buyer"), _("Amount"), _("Refunded"), _("Fee"), _("Currency"),
        _("Paid"), _("Sent"), _("Carrier"), _("Tracking number"), _("Name"), _("Address"), _("City"), _("Region"),
        _("Postal code"), _("Country"), _("Telephone"),
    ]  # fmt: skip
    for row in rows:
        request = row.request
        amounts = (request.amount_minor, request.refunded_minor, request.fee_minor)
        days = (request.paid_at, request.shipped_at)
        words = (request.carrier, request.tracking, *row.address)
        yield [
            request.token,
            timezone.localtime(request.created_at).isoformat(timespec="seconds"),
            request.get_state_display(),
            safe_cell(request.title),
            safe_cell(request.buyer.get_short_name()),
            *(plain_amount(minor, request.currency) for minor in amounts),
            request.currency,
            *(timezone.localtime(day).isoformat(timespec="seconds") if day else "" for day in days),
            *(safe_cell(each) for each in words),
        ]
