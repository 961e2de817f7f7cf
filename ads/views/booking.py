"""Official ads are paid ahead: a package or an amount for one campaign, and its receipt."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ads import selectors
from ads import services as ads
from ads.forms import BookForm
from ads.models import Booking, Campaign
from ads.views.base import OWN, get_ways, go, go_to_provider, person_of
from core.pages import Request
from payments import services as payments
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def book(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """What can be booked for a campaign and what was; POST pays."""
    try:
        campaign = selectors.get_campaign(channel, pk)
    except Campaign.DoesNotExist:
        raise Http404 from None
    form = BookForm(
        request.POST if request.method == "POST" else None,
        currency=channel.currency,
        ways=get_ways(request, channel),
        packages=selectors.get_packages(channel),
    )
    if form.is_valid():
        try:
            return _book(request, channel, campaign, form)
        except payments.Refused as refusal:
            form.renew_key()
            form.refuse(refusal)
    fragment = "#form" if request.htmx else ""
    context = desk(channel, "ads", form=form, campaign=campaign, bookings=selectors.get_bookings(campaign))
    context |= {"available_minor": ads.get_available(campaign), "unpaid": selectors.get_unpaid_checkout(campaign)}
    return render(request, f"ads/booking_form.html{fragment}", context, status=422 if form.is_bound else 200)


def _book(request: Request, channel: Channel, campaign: Campaign, form: BookForm) -> HttpResponse:
    way = form.cleaned_data["way"]
    words: dict[str, Any] = form.words() | {"campaign": campaign, "by": person_of(request), "key": form.sent_key}
    if way not in OWN:
        back = reverse("ads:book", args=[channel.handle, campaign.pk])
        return go_to_provider(request, ads.book_by_provider(provider=way, back_path=back, **words))
    booking = ads.book(source=way, **words)
    messages.success(request, _("Booked and paid."))
    return go(request, "ads:booking", channel.handle, booking.token)


@team_page(Role.MANAGER)
@require_GET
def booking(request: Request, channel: Channel, token: str) -> HttpResponse:
    """The receipt, to print."""
    try:
        found = selectors.get_booking(channel, token)
    except Booking.DoesNotExist:
        raise Http404 from None
    return render(request, "ads/booking_receipt.html", desk(channel, "ads", booking=found))
