"""Webhooks at the desk: owner and managers say where, see what became of each message, and send one again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.pages import BadCursor, Request
from sellers import selectors
from sellers import services as sellers
from sellers.forms.hooks import HookForm
from sellers.models import Channel, Delivery, Role
from sellers.views.base import desk, person_of, team_page

TOLD = "hook_told"  # a secret, in the session, between a write and the one page that shows it


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def hooks(request: Request, channel: Channel) -> HttpResponse:
    form = HookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            hook, secret = sellers.add_hook(channel=channel, by=person_of(request), **form.cleaned_data)
        except sellers.Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            request.session[TOLD] = [hook.pk, secret]
            return redirect("dashboard:hook", channel.handle, hook.pk)
    context = desk(channel, "settings", form=form, hooks=list(channel.hooks.order_by("pk")))
    return render(request, "sellers/hook_list.html", context, status=422 if form.errors else 200)


@team_page(Role.MANAGER)
@require_GET
def hook(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """The log; right after it was made, the secret."""
    shown = get_object_or_404(channel.hooks, pk=pk)
    try:
        page = selectors.get_deliveries(shown, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    told = request.session.get(TOLD, [0, ""])
    secret = request.session.pop(TOLD)[1] if told[0] == pk else ""
    return render(request, "sellers/hook_detail.html", desk(channel, "settings", hook=shown, page=page, secret=secret))


@team_page(Role.MANAGER)
@require_POST
def hook_change(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """What its buttons do: pause, go on, rotate, remove."""
    chosen, person = get_object_or_404(channel.hooks, pk=pk), person_of(request)
    what = request.POST.get("what", "")
    if what == "rotate":
        request.session[TOLD] = [pk, sellers.rotate_secret(hook=chosen, by=person)]
    elif what == "remove":
        sellers.remove_hook(hook=chosen, by=person)
        messages.success(request, _("The webhook was removed."))
        return redirect("dashboard:hooks", channel.handle)
    elif what in ("pause", "go_on"):
        sellers.set_hook_state(hook=chosen, by=person, is_active=what == "go_on")
    return redirect("dashboard:hook", channel.handle, pk)


@team_page(Role.MANAGER)
@require_POST
def delivery_resend(request: Request, channel: Channel, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.filter(hook__channel=channel), pk=pk)
    sellers.resend(delivery=delivery)
    messages.success(request, _("It is sent once more."))
    return redirect("dashboard:hook", channel.handle, delivery.hook_id)
