"""A channel's coupons on its desk, under /dashboard/<handle>/money/coupons/: the team looks, managers make and pause."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.pages import Request
from payments import selectors
from payments import services as payments
from payments.forms import CouponForm
from payments.models import Coupon
from payments.views.base import go, person_of
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page


@team_page(Role.VIEWER)
@require_GET
def coupons(request: Request, channel: Channel) -> HttpResponse:
    context = desk(channel, "money", coupons=selectors.get_coupons(channel))
    return render(request, "payments/coupon_list.html", context)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def coupon_new(request: Request, channel: Channel) -> HttpResponse:
    form = CouponForm(request.POST if request.method == "POST" else None, channel=channel)
    if form.is_valid():
        try:
            coupon = payments.make_coupon(channel=channel, by=person_of(request), **form.terms())
        except payments.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Made. {code} counts.").format(code=coupon.code))
            return go(request, "payments:coupons", channel.handle)
    fragment = "#form" if request.htmx else ""
    context = desk(channel, "money", form=form)
    return render(request, f"payments/coupon_form.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.MANAGER)
@require_POST
def coupon_state(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """Paused by ``to=paused``, else it counts again."""
    coupon = get_object_or_404(Coupon, pk=pk, channel=channel)
    is_paused = request.POST.get("to") == Coupon.State.PAUSED
    service = payments.pause_coupon if is_paused else payments.resume_coupon
    service(coupon=coupon, by=person_of(request))
    said = _("Paused. Where it stands on a request already it counts.") if is_paused else _("It counts again.")
    messages.success(request, said)
    return go(request, "payments:coupons", channel.handle)
