"""Tell us: a page, or a dialog over any other."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import limits
from core.pages import Request
from insights import services
from insights.forms import TellForm

LIMIT, SECONDS = 6, 3600


@never_cache
@require_http_methods(["GET", "POST"])
def tell_us(request: Request) -> HttpResponse:
    """The footer's link names no page, since it stands on each: the dialog does, and else the browser's referrer."""
    is_known = request.user.is_authenticated
    if request.method == "GET":
        page = _path(request.GET.get("page") or request.headers.get("Referer", ""))
        return _show(request, TellForm(is_known=is_known, initial={"page": page}), 200)
    form = TellForm(request.POST, is_known=is_known)
    if not form.is_valid():
        return _show(request, form, 422)
    try:
        limits.take(f"tell:{request.user.pk or limits.client_address(request)}", limit=LIMIT, seconds=SECONDS)
    except limits.TooMany as refusal:
        form.add_error(None, str(refusal))
        return _show(request, form, 422 if request.htmx else 429)
    page = _path(form.cleaned_data["page"])
    _keep(request, form, page)
    if request.htmx:
        return render(request, "insights/tell_us.html#thanks")
    messages.success(request, _("Thank you. Our team reads every word."))
    return redirect(page or "shop:tab")


def _keep(request: Request, form: TellForm, page: str) -> None:
    told = form.cleaned_data
    services.tell_us(
        mood=told["mood"],
        words=told["words"],
        page=page,
        contact=told.get("contact", ""),
        person=request.user if request.user.is_authenticated else None,
        is_seller=page.startswith("/dashboard/"),
        language=get_language() or "",
    )


def _path(address: str) -> str:
    """The path of an address of this site, without its query, which may hold words a visitor searched for."""
    path = urlsplit(address).path[:300]
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours and not path.startswith("/tell-us/") else ""


def _show(request: Request, form: TellForm, status: int) -> HttpResponse:
    fragment = "#telling" if request.htmx else ""
    return render(request, f"insights/tell_us.html{fragment}", {"form": form}, status=status)
