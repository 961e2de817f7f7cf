"""Waiting for a thing: asked for, confirmed by a guest's link, listed, and ended by one click."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from core import limits
from core.pages import Request, safe_next
from sellers.models import Product, Variant
from shop import alert_mail, alerts, guests
from shop.forms import AlertForm
from shop.models import Alert
from shop.selectors import alerts as waiting
from shop.selectors import product as products

FROM_ADDRESS, HOUR = 20, 3600
TO_ADDRESS, DAY = 5, 24 * 3600
KINDS = set(Alert.Kind.values)


@never_cache
@require_http_methods(["GET", "POST"])
def alert(request: Request, pk: int) -> HttpResponse:
    """Ask to be told once, or no more. ``kind`` says of what, ``variant`` of which one, ``off`` that it ends."""
    visitor, kind = guests.visitor(request), request.GET.get("kind", Alert.Kind.BACK)
    product = products.get_product(visitor, pk)
    if not product.is_listed or kind not in KINDS:
        raise Http404
    if request.method == "POST" and "off" in request.POST and request.user.is_authenticated:
        alerts.stop(person=request.user, product=product, kind=kind)
        messages.success(request, _("You are not told any more."))
        return redirect(safe_next(request, product.get_absolute_url()))
    variants = list(product.variants.order_by("position", "pk"))
    form = AlertForm(
        request.POST if request.method == "POST" else None,
        variants=variants,
        is_guest=not request.user.is_authenticated,
        country=str(request.market.country),
        initial={"variant": request.GET.get("variant", "")},
    )
    if form.is_valid():
        chosen = next((one for one in variants if one.pk == form.cleaned_data.get("variant")), None)
        try:
            return _take(request, product, chosen, kind, form.cleaned_data.get("contact"))
        except (alerts.AlreadyThere, alerts.TooManyAlerts, limits.TooMany) as refusal:
            form.add_error(None, _why(refusal))
    return _show(request, product, kind, form)


def _take(
    request: Request, product: Product, variant: Variant | None, kind: str, contact: dict[str, str] | None
) -> HttpResponse:
    """Writes the alert of a person or a guest and says what comes next: to every guest the same."""
    limits.take(f"alert:{request.user.pk or limits.client_address(request)}", limit=FROM_ADDRESS, seconds=HOUR)
    if request.user.is_authenticated:
        alerts.ask(person=request.user, product=product, variant=variant, kind=kind)
        messages.success(request, _("We will tell you once."))
        return redirect(product.get_absolute_url())
    contact = contact or {}
    target = hashlib.sha256("".join(contact.values()).encode()).hexdigest()
    limits.take(f"alert-to:{target}", limit=TO_ADDRESS, seconds=DAY)
    alerts.ask_as_guest(product=product, variant=variant, kind=kind, language=get_language() or "en", **contact)
    context = {"product": product, "channel": product.channel, "sent_to": next(iter(contact.values()))}
    return render(request, "shop/alert_form.html", context)


def _why(refusal: Exception) -> str:
    if isinstance(refusal, alerts.AlreadyThere):
        return _("It is there already: you can buy it now.")
    if isinstance(refusal, alerts.TooManyAlerts):
        return _("You wait for very many things already. Take some off the list first.")
    return str(refusal)


def _show(request: Request, product: Product, kind: str, form: AlertForm) -> HttpResponse:
    user = request.user
    mine = waiting.get_waiting(user, product, kind) if user.is_authenticated else []
    context = {"product": product, "channel": product.channel, "kind": kind, "form": form, "mine": mine}
    return render(request, "shop/alert_form.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def my_alerts(request: Request) -> HttpResponse:
    """What the person waits for."""
    rows = waiting.get_alerts(request.user) if request.user.is_authenticated else []
    return render(request, "shop/alert_list.html", {"alerts": rows})


@csrf_exempt  # opened from a letter, in whatever browser; the signed address is the permission
@never_cache
@require_http_methods(["GET", "POST"])
def alert_link(request: Request, token: str) -> HttpResponse:
    """A guest's link: posted to, her alert is on. A GET changes nothing, since mail programs open links by themselves."""
    try:
        pk = alert_mail.read_link(token)
    except alert_mail.BadToken:
        raise Http404 from None
    found = get_object_or_404(Alert.objects.select_related("product__channel", "variant"), pk=pk, person=None)
    if request.method == "POST":
        alerts.confirm(alert=found)
        found.refresh_from_db(fields=["confirmed_at"])
    stop = alert_mail.stop_url(found.email, found.phone)
    context = {"alert": found, "product": found.product, "token": token, "stop_url": stop}
    return render(request, "shop/alert_link.html", context)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is the permission
@never_cache
@require_http_methods(["GET", "POST"])
def alerts_stop(request: Request, token: str) -> HttpResponse:
    """Asks and, posted to, ends all that is waited for at one address; works without signing in."""
    try:
        email, phone = alert_mail.read_stop(token)
    except alert_mail.BadToken:
        raise Http404 from None
    if request.method == "POST":
        alerts.stop_all(email=email, phone=phone)
    context = {"done": request.method == "POST", "token": token, "address": email or phone}
    return render(request, "shop/alert_stop.html", context)
