"""The seller's money, under /dashboard/<handle>/money/: overview, requests, a new one, payouts, statements.

The whole team looks; agents ask for money; managers see where it goes; only the owner takes it out.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core.pages import BadCursor, Request, page_or_fragment
from payments import cards, selectors
from payments import services as payments
from payments.forms import PayoutForm, PeriodForm, RequestForm
from payments.views import objections, statements
from payments.views.base import go, person_of
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page

GROUPS = {
    "open": gettext_lazy("Not paid"),
    "held": gettext_lazy("Held"),
    "trouble": gettext_lazy("Refund asked"),
    "released": gettext_lazy("Released"),
    "back": gettext_lazy("Refunded"),
    "closed": gettext_lazy("Closed"),
}


def _may_ask(channel: Channel) -> bool:
    return channel.my_role in Role.at_least(Role.AGENT)  # type: ignore[attr-defined]


@team_page(Role.VIEWER)
@require_GET
def money(request: Request, channel: Channel) -> HttpResponse:
    context = desk(
        channel,
        "money",
        money=selectors.get_desk_money(channel),
        latest=cards.get_cards(selectors.get_channel_requests(channel, limit=5).rows, person_of(request)),
        can_ask=_may_ask(channel),
    )
    return render(request, "payments/desk_home.html", context)


@team_page(Role.VIEWER)
@require_GET
def requests(request: Request, channel: Channel) -> HttpResponse:
    """The channel's requests, by state and words."""
    group, words, after = (request.GET.get(name, "") for name in ("state", "q", "after"))
    try:
        page = selectors.search_channel_requests(channel, group=group, words=words[:100], after=after)
    except BadCursor:
        raise Http404 from None
    shown = cards.get_cards(page.rows, person_of(request))
    context = desk(channel, "money", page=page, cards=shown, groups=GROUPS.items(), chosen=group, words=words)
    context["can_ask"] = _may_ask(channel)
    return page_or_fragment(request, "payments/request_list.html", "more" if after else "results", context)


@team_page(Role.AGENT)
@require_http_methods(["GET", "POST"])
def request_new(request: Request, channel: Channel) -> HttpResponse:
    """A new request to somebody who had one before; to others it is made in a conversation."""
    buyers = selectors.get_known_buyers(channel)
    form = RequestForm(channel=channel, data=request.POST if request.method == "POST" else None)
    chosen = request.POST.get("buyer") or request.GET.get("to", "")
    buyer = next((person for person in buyers if str(person.pk) == chosen), None)
    if form.is_bound and buyer is None:
        form.add_error(None, _("Choose who is to pay."))
    if not form.is_bound or not form.is_valid() or buyer is None:
        return _show_new(request, channel, form, buyers, chosen)
    try:
        objections.check_may_ask(channel, buyer, form.sent_key)
        made = payments.request_money(
            channel=channel,
            buyer=buyer,
            by=person_of(request),
            key=form.sent_key,
            as_draft=form.as_draft,
            **form.terms(),
        )
    except payments.Refused as refusal:
        form.refuse(refusal)
        form.renew_key()
        return _show_new(request, channel, form, buyers, chosen)
    sent = _("Sent. {name} can pay now.").format(name=buyer.get_short_name())
    messages.success(request, _("Kept as a draft. Only your team sees it.") if form.as_draft else sent)
    return go(request, "payments:request", made.token)


def _show_new(request: Request, channel: Channel, form: RequestForm, buyers: list[User], chosen: str) -> HttpResponse:
    context = desk(channel, "money", form=form, buyers=buyers, chosen=chosen)
    fragment = ("#fields" if form.only_redraw else "#form") if request.htmx else ""
    return render(request, f"payments/request_form.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.AGENT)
@require_http_methods(["POST"])
def request_fields(request: Request, channel: Channel) -> HttpResponse:
    """The fields of a request drawn anew as typed, wherever they stand; nothing is saved."""
    data = request.POST.copy()
    data["do"] = data.get("do") or "count"
    form = RequestForm(channel=channel, data=data)
    fragment = "totals" if data["do"] == "count" else "fields"
    return render(request, f"payments/_request_fields.html#{fragment}", {"form": form, "channel": channel})


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def payouts(request: Request, channel: Channel) -> HttpResponse:
    """What went to the bank; the owner asks for more."""
    form = PayoutForm(request.POST if request.method == "POST" else None, channel=channel)
    is_owner = channel.my_role == Role.OWNER  # type: ignore[attr-defined]
    if request.method == "POST" and not is_owner:
        raise Http404
    if form.is_valid():
        try:
            payments.request_payout(
                channel=channel,
                by=person_of(request),
                amount_minor=form.cleaned_data["amount"],
                destination=form.destination(),
                key=form.sent_key,
            )
        except payments.Refused as refusal:
            form.refuse(refusal)
            form.renew_key()
        else:
            messages.success(request, _("Asked for. It goes to your bank with the next file."))
            return go(request, "payments:payouts", channel.handle)
    context = desk(channel, "money", form=form if is_owner else None)
    context |= {"payouts": selectors.get_payouts(channel), "balance": selectors.get_payable_balance(channel)}
    fragment = "#payout" if request.htmx else ""
    return render(request, f"payments/payout_list.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.MANAGER)
@require_GET
def entries(request: Request, channel: Channel) -> HttpResponse:
    """What moved on the channel's balance, newest first."""
    try:
        page = selectors.get_postings(channel, channel.currency, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = desk(channel, "money", page=page, currency=channel.currency, period=PeriodForm.of_last_month())
    return page_or_fragment(request, "payments/entry_list.html", "more", context)


@team_page(Role.MANAGER)
@require_GET
def statement(request: Request, channel: Channel) -> HttpResponse:
    """The channel's statement of some days: to print, or as CSV."""
    context = desk(channel, "money")
    return statements.show(request, channel, channel.currency, channel.name, "sellers/desk.html", context)
