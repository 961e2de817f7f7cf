"""A channel's campaigns, under /dashboard/<handle>/ads/: all of them, one with what it brought, its form.

The whole team looks; managers make, change and run them.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ads import services as ads
from ads.forms import CampaignForm
from ads.models import Campaign, Creative, DailyCount
from ads.selectors import audience, campaigns, cards, report
from ads.selectors.live import market_now
from core.money import plain_amount
from core.pages import Request
from core.spreadsheets import csv_response
from payments import services as payments
from sellers.models import Channel, Product, Role
from sellers.views.base import desk, go, person_of, team_page

Status = Campaign.Status
STEPS = {
    "submit": ads.submit_campaign,
    "pause": ads.pause_campaign,
    "resume": ads.resume_campaign,
    "end": ads.end_campaign,
}
NAMES = {
    "impressions": gettext_lazy("Seen"),
    "clicks": gettext_lazy("Clicks"),
    "asks": gettext_lazy("Questions"),
    "paid": gettext_lazy("Payments"),
    "followers": gettext_lazy("New followers"),
}


@team_page(Role.VIEWER)
@require_GET
def campaign_list(request: Request, channel: Channel) -> HttpResponse:
    rows = campaigns.get_campaigns(channel)
    return render(request, "ads/campaign_list.html", desk(channel, "ads", rows=rows))


@team_page(Role.VIEWER)
@require_GET
def campaign(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """What it brought, what it lacks, what can be done with it."""
    shown = campaigns.get_campaign(channel, pk)
    told = report.get_report(shown, market_now(channel.market).date())
    creative = campaigns.get_creative(shown)
    totals = told.totals
    context = desk(
        channel,
        "ads",
        campaign=shown,
        creative=creative,
        steps=_steps(shown, creative),
        lacks_money=shown.is_open and ads.get_available(shown) <= 0,
        totals=[(label, totals[name]) for name, label in NAMES.items()],
        charts=[(label, told.points(name)) for name, label in NAMES.items()],
        spent=told.spent,
        was_shown=any(totals.values()),
        unbilled=totals["unbilled"],
        lift=_lift(told),
        transitions=campaigns.get_transitions(shown),
    ) | _card(channel, shown.product, creative.line if creative else "")
    return render(request, "ads/campaign_detail.html", context)


def _steps(shown: Campaign, creative: Creative | None) -> list[str]:
    """The verbs that are open now."""
    is_accepted = creative is not None and creative.state == Creative.State.ACCEPTED
    open_now = {
        "submit": shown.status in (Status.DRAFT, Status.REJECTED),
        "pause": shown.status == Status.RUNNING,
        "resume": shown.status == Status.PAUSED and is_accepted,
        "end": shown.is_open,
    }
    return [verb for verb, is_open in open_now.items() if is_open]


def _lift(told: report.Report) -> dict[str, Any]:
    """The comparison with the group that was left out, in words and as rows of a chart."""
    lifts = report.get_lifts(told.arms)
    return {
        "people": [(arm, figures.people) for arm, figures in told.arms.items()],
        "ranges": [(str(NAMES[name]), *found) for name, found in lifts.items()],
        "words": [(NAMES[name], found.verdict.label) for name, found in lifts.items()],
    }


def _card(channel: Channel, product: Product | None, line: str) -> dict[str, Any]:
    """What ads/_card.html shows of a subject."""
    thing = cards.get_card_product(product.pk) if product else None
    return {"channel": channel, "thing": thing, "line": line, "url": (product or channel).get_absolute_url()}


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def campaign_new(request: Request, channel: Channel) -> HttpResponse:
    form = CampaignForm(request.POST, channel=channel) if request.method == "POST" else CampaignForm.new(channel)
    if form.is_bound and form.is_valid():
        try:
            made = ads.create_campaign(channel=channel, by=person_of(request), data=form.data_of())
        except payments.Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return _saved(request, made)
    return _show_form(request, channel, form)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: Request, channel: Channel, pk: int) -> HttpResponse:
    found = campaigns.get_campaign(channel, pk)
    if request.method == "GET":
        return _show_form(request, channel, CampaignForm.of(found, campaigns.get_creative(found)), found)
    form = CampaignForm(request.POST, channel=channel, chosen=found.product_id)
    if form.is_valid():
        try:
            return _saved(request, ads.edit_campaign(campaign=found, by=person_of(request), data=form.data_of()))
        except payments.Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
    return _show_form(request, channel, form, found)


def _saved(request: Request, saved: Campaign) -> HttpResponse:
    """Also sent in, if that was pressed and is open."""
    if "submit" in request.POST and saved.status in (Status.DRAFT, Status.REJECTED):
        ads.submit_campaign(campaign=saved, by=person_of(request))
        messages.success(request, _("Sent in. We look at it, usually within a working day."))
    else:
        messages.success(request, _("Saved."))
    return go(request, "ads:campaign", saved.channel.handle, saved.pk)


def _show_form(request: Request, channel: Channel, form: CampaignForm, edited: Campaign | None = None) -> HttpResponse:
    context = desk(channel, "ads", form=form, campaign=edited) | _preview(channel, form)
    fragment = "#campaign-form" if request.htmx else ""
    return render(request, f"ads/campaign_form.html{fragment}", context, status=422 if form.is_bound else 200)


def _preview(channel: Channel, form: CampaignForm) -> dict[str, Any]:
    """The ad as it would look, and how many people are in the audience; of what of the form makes sense so far."""
    form.is_valid()  # of a bound form: cleans what can be
    given = form.cleaned_data if form.is_bound else form.initial
    product = form.things.get(given.get("product") or 0)
    wants = given.get("categories") or []
    wanted = audience.Audience(
        given.get("people") or Campaign.People.EVERYBODY,
        wants if form.is_bound else campaigns.get_leaves(wants),
        given.get("city") or "",
        given.get("language") or "",
    )
    size = audience.get_audience_size(channel, wanted)
    counted = {
        "size": min(size, audience.MOST_COUNTED),
        "is_many": size > audience.MOST_COUNTED,
        "least": settings.ADS_LEAST_AUDIENCE,
        "is_enough": size >= settings.ADS_LEAST_AUDIENCE,
    }
    return counted | _card(channel, product, given.get("line") or "")


@team_page(Role.MANAGER)
@require_POST
def campaign_preview(request: Request, channel: Channel) -> HttpResponse:
    """While the form is filled in, for htmx."""
    form = CampaignForm(request.POST, channel=channel)
    return render(request, "ads/campaign_form.html#preview", desk(channel, "ads") | _preview(channel, form))


@team_page(Role.MANAGER)
@require_POST
def campaign_step(request: Request, channel: Channel, pk: int, verb: str) -> HttpResponse:
    found = campaigns.get_campaign(channel, pk)
    try:
        STEPS[verb](campaign=found, by=person_of(request))
    except payments.Refused as refusal:
        messages.error(request, str(refusal))
    return go(request, "ads:campaign", channel.handle, pk)


@team_page(Role.VIEWER)
@require_GET
def campaign_csv(request: Request, channel: Channel, pk: int) -> StreamingHttpResponse:
    """The report, a line a day."""
    shown = campaigns.get_campaign(channel, pk)
    told = report.get_report(shown, market_now(channel.market).date())
    lines: list[list[object]] = [["day", *DailyCount.COUNTS, "spent", "currency"]]
    for row, (day, minor) in zip(told.days, told.spent, strict=True):
        counts = [getattr(row, name) for name in DailyCount.COUNTS]
        lines.append([day.isoformat(), *counts, plain_amount(minor, shown.currency), shown.currency])
    return csv_response(lines, f"campaign-{pk}")
