"""What a channel owes for ads: its line, its statements to read, print or download, and repaying them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ads import selectors
from ads import services as ads
from ads.forms import RepayForm
from ads.models import CreditLine, Statement
from ads.views.base import OWN, get_ways, go, go_to_provider, person_of
from core.money import format_money, plain_amount
from core.pages import Request
from core.spreadsheets import csv_response, safe_cell
from payments import services as payments
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page


def _line_of(channel: Channel) -> CreditLine:
    line = selectors.get_line(channel)
    if line is None:
        raise Http404
    return line


@team_page(Role.MANAGER)
@require_GET
def statements(request: Request, channel: Channel) -> HttpResponse:
    line = _line_of(channel)
    found = selectors.get_statements(line)
    owed = [statement for statement in found if statement.status in Statement.OWED]
    context = desk(
        channel,
        "ads",
        line=line,
        statements=found,
        left_minor=sum(statement.left_minor for statement in owed),
        fees_minor=selectors.get_fees_owed(channel),
        owed_by_day=selectors.get_owed_by_day(channel),
    )
    return render(request, "ads/statement_list.html", context)


def _page_of(channel: Channel, number: int) -> selectors.StatementPage:
    try:
        return selectors.get_statement(channel, number)
    except Statement.DoesNotExist:
        raise Http404 from None


@team_page(Role.MANAGER)
@require_GET
def statement(request: Request, channel: Channel, number: int) -> HttpResponse:
    """One period, to read or to print."""
    page = _page_of(channel, number)
    return render(request, "ads/statement_detail.html", desk(channel, "ads", page=page, statement=page.statement))


@team_page(Role.MANAGER)
@require_GET
def statement_csv(request: Request, channel: Channel, number: int) -> StreamingHttpResponse:
    page = _page_of(channel, number)
    one, currency = page.statement, page.statement.currency
    rows: list[tuple[str, int]] = [(spending.campaign.name, spending.cost_minor) for spending in page.spendings]
    rows += [(_("Fee"), one.fee_minor), (_("Fee for being late"), one.late_fee_minor)]
    rows += [(str(repayment.get_source_display()), -repayment.amount_minor) for repayment in page.repayments]
    rows += [(_("Written off"), -one.written_off_minor), (_("To be repaid"), one.left_minor)]
    lines = [[safe_cell(what), plain_amount(minor, currency), currency] for what, minor in rows]
    return csv_response([[_("What"), _("Amount"), _("Currency")], *lines], f"ads-{channel.handle}-{number}")


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def repay(request: Request, channel: Channel) -> HttpResponse:
    """What is due, from her wallet, what the channel earned, or by a provider."""
    line = _line_of(channel)
    owed = selectors.get_owed_statements(line)
    if not owed:
        return go(request, "ads:statements", channel.handle)
    left, ways = sum(statement.left_minor for statement in owed), get_ways(request, channel)
    form = RepayForm(
        request.POST if request.method == "POST" else None, currency=line.currency, ways=ways, left_minor=left
    )
    if form.is_valid():
        try:
            return _repay(request, channel, owed[0], form)
        except payments.Refused as refusal:
            form.renew_key()
            form.refuse(refusal)
    context: dict[str, Any] = {"form": form, "line": line, "left_minor": left}
    fragment = "#form" if request.htmx else ""
    status = 422 if form.is_bound else 200
    return render(request, f"ads/statement_repay_form.html{fragment}", desk(channel, "ads", **context), status=status)


def _repay(request: Request, channel: Channel, first: Statement, form: RepayForm) -> HttpResponse:
    way, amount = form.cleaned_data["way"], form.cleaned_data["amount"] or 0
    words: dict[str, Any] = {"by": person_of(request), "amount_minor": amount, "key": form.sent_key}
    if way not in OWN:
        back = reverse("ads:statements", args=[channel.handle])
        return go_to_provider(
            request, ads.repay_by_provider(statement=first, provider=way, back_path=back, **words)
        )  # fmt: skip
    ads.repay(line=first.line, source=way, **words)
    messages.success(request, _("{money} was repaid.").format(money=format_money(amount, first.currency)))
    return go(request, "ads:statements", channel.handle)
