"""A channel asks for ads on credit, and sees at each moment where it stands."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ads import selectors
from ads import services as ads
from ads.forms import CreditForm
from ads.models import ApplicationDocument, CreditApplication, CreditChange
from ads.views.base import go, person_of
from core import limits
from core.pages import Request
from payments import services as payments
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page

Status = CreditApplication.Status
UPLOADS_AN_HOUR = 60


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def credit(request: Request, channel: Channel) -> HttpResponse:
    """The application: a draft whatever is wrong with it, sent with ``do=send``; the line once there is one."""
    application = selectors.get_application(channel)
    is_over = application is not None and not application.is_editable()
    if is_over and "again" in request.GET and application and application.status not in CreditApplication.OPEN:
        application, is_over = None, False
    if request.method != "POST" or is_over:
        form = None if is_over else CreditForm(channel=channel, application=application)
        return _show(request, channel, application, form)
    form = CreditForm(request.POST, channel=channel, application=application)
    application = ads.save_draft(channel=channel, by=person_of(request), **form.typed())
    is_fine = _take_documents(request, application, form) and form.is_valid()
    if is_fine and request.POST.get("do") == "send":
        is_fine = _send(request, application, form)
    if not is_fine:
        return _show(request, channel, application, form)
    sent = application.status == Status.SENT or request.POST.get("do") == "send"
    messages.success(request, _("Sent. Staff look at it.") if sent else _("Saved."))
    return go(request, "ads:credit", channel.handle)


def _send(request: Request, application: CreditApplication, form: CreditForm) -> bool:
    try:
        ads.send_application(
            application=application, by=person_of(request), consents=form.cleaned_data["consents"]
        )  # fmt: skip
    except payments.Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def _take_documents(request: Request, application: CreditApplication, form: CreditForm) -> bool:
    """Keeps each upload at once; what cannot be taken is named."""
    for upload in request.FILES.getlist("documents"):
        try:
            limits.take(f"credit:{person_of(request).pk}", limit=UPLOADS_AN_HOUR, seconds=3600)
            ads.add_document(application=application, by=person_of(request), upload=upload, name=upload.name or "")
        except (payments.Refused, limits.TooMany) as refusal:
            form.add_error(None, f"{upload.name}: {refusal}")
    return not form.errors


def _show(
    request: Request, channel: Channel, application: CreditApplication | None, form: CreditForm | None
) -> HttpResponse:
    context: dict[str, Any] = {
        "application": application,
        "form": form,
        "line": selectors.get_line(channel),
        "standing": selectors.get_standing(application),
        "steps": [_("Fill in"), _("Staff look at it"), _("Decided")],
        "documents": application.documents.order_by("pk") if application else [],
        "changes": selectors.get_changes(CreditChange.Machine.APPLICATION, application.pk) if application else [],
        "can_withdraw": application and application.status in CreditApplication.OPEN,
    }
    is_bad = form is not None and form.is_bound
    fragment = "#credit" if request.htmx else ""
    template = f"ads/credit_form.html{fragment}"
    return render(request, template, desk(channel, "ads", **context), status=422 if is_bad else 200)


@team_page(Role.MANAGER)
@require_POST
def withdraw(request: Request, channel: Channel) -> HttpResponse:
    application = selectors.get_application(channel)
    if application is None:
        raise Http404
    try:
        ads.withdraw_application(application=application, by=person_of(request))
    except payments.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back."))
    return go(request, "ads:credit", channel.handle)


@team_page(Role.MANAGER)
@require_POST
def document_remove(request: Request, channel: Channel, pk: int) -> HttpResponse:
    found = get_object_or_404(ApplicationDocument, pk=pk, application__channel=channel.pk)
    try:
        ads.remove_document(document=found, by=person_of(request))
    except payments.Refused as refusal:
        messages.error(request, str(refusal))
    return go(request, "ads:credit", channel.handle)
