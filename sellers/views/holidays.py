"""A channel's holiday: its days and what people read; ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.pages import Request
from core.templatetags.bisat import day
from sellers import services as sellers
from sellers.forms import HolidayForm
from sellers.models import Channel, Role
from sellers.views.base import desk, go, person_of, team_page


@team_page(Role.OWNER)
@require_http_methods(["GET", "POST"])
def holiday(request: Request, channel: Channel) -> HttpResponse:
    """The form; posted to, ``away`` says whether the holiday is planned or ends."""
    if request.method == "GET":
        return _show(request, channel, HolidayForm.of(channel))
    form = HolidayForm(request.POST)
    try:
        if not request.POST.get("away"):
            sellers.end_holiday(channel=channel, by=person_of(request))
            messages.success(request, _("Open again."))
        elif form.is_valid():
            planned = sellers.plan_holiday(channel=channel, by=person_of(request), **form.cleaned_data)
            messages.success(request, _said(planned))
        else:
            return _show(request, channel, form)
    except sellers.BadChannel as refusal:
        for field, sentences in refusal.problems.items():
            form.add_error(field, list(sentences))
        return _show(request, channel, form)
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, "dashboard:settings", channel.handle)


def _said(channel: Channel) -> str:
    if channel.is_holiday_ahead and channel.away_on:
        return _("Your holiday begins on {day}.").format(day=day(channel.away_on))
    return _("On holiday. Enjoy it!")


def _show(request: Request, channel: Channel, form: HolidayForm) -> HttpResponse:
    fragment = "#holiday" if request.htmx else ""
    context = desk(channel, "settings", form=form)
    return render(request, f"sellers/holiday_form.html{fragment}", context, status=422 if form.is_bound else 200)
