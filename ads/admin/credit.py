"""Applications for credit: the queue by age and score, all that is known of one on a page, and the decision."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ads import scoring, selectors
from ads import services as ads
from ads.forms import ApproveForm, WhyForm
from ads.models import ApplicationDocument, CreditApplication, CreditChange
from core import documents, pictures
from core.admin import ReasonForm
from core.models import AuditEntry
from core.queues import Queue
from core.templatetags.bisat import ago
from payments import services as payments
from payments.admin.base import Acting, amount, staff_of

Status = CreditApplication.Status
WAITING = (Status.SENT, Status.PROPOSED)


class TermsForm(ReasonForm):
    """What the actions take: a reason, and terms for those approved."""

    fee_basis_points = forms.IntegerField(label=_("Fee, in hundredths of a percent"), initial=500, required=False)
    period_days = forms.IntegerField(label=_("Days of a period"), initial=30, required=False)


@admin.register(CreditApplication)
class CreditApplicationAdmin(Queue, Acting):
    waiting_label = _("applications for credit")
    waiting = Q(status__in=WAITING)
    waiting_query = "?status__in=sent,proposed"
    list_display = ("channel", "status", "waits", "score", "asked", "suggested", "granted", "proposed_by")
    list_filter = ("status", "currency")
    list_select_related = ("channel", "proposed_by")
    search_fields = ("channel__handle", "channel__name")
    actions = ("approve_chosen", "reject_chosen")
    action_form = TermsForm
    asked, suggested = amount("amount", _("asked for")), amount("suggested_limit", _("suggested"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditApplication]:
        """What waits on top, the longest first; drafts are their writers' own."""
        return self.waiting_first(super().get_queryset(request).filter(sent_at__isnull=False)).order_by(
            "place", "sent_at", "pk"
        )

    @admin.display(description=_("sent"), ordering="sent_at")
    def waits(self, application: CreditApplication) -> str:
        return ago(application.sent_at) if application.sent_at else "–"

    @admin.display(description=_("limit"), ordering="limit_minor")
    def granted(self, application: CreditApplication) -> str:
        return amount("limit")(self, application) if application.limit_minor else "–"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        steps = ("approve", "ask_more", "reject", "confirm", "send_back")
        return [
            *(
                path(f"<int:pk>/{step}/", wrap(require_POST(getattr(self, step))), name=f"ads_credit_{step}")
                for step in steps
            ),
            path("documents/<int:pk>/", wrap(self.document), name="ads_credit_document"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that is known; Django's form is not used."""
        if not self.has_view_permission(request) or request.method not in ("GET", "HEAD"):
            return super().change_view(request, object_id, form_url, extra_context)
        return self._show(request, self._load(object_id))

    def _load(self, pk: str | int) -> CreditApplication:
        rows = CreditApplication.objects.select_related("channel", "by", "proposed_by").filter(sent_at__isnull=False)
        return get_object_or_404(rows, pk=int(pk) if str(pk).isdigit() else 0)

    def _show(self, request: HttpRequest, application: CreditApplication, **shown: forms.Form) -> HttpResponse:
        """``shown``: forms that were sent and not accepted."""
        channel, may = application.channel, self.may(request, "change")
        is_own = application.proposed_by_id == request.user.pk
        context: dict[str, Any] = {
            "title": channel.name,
            "application": application,
            "reasons": scoring.unpack(application.reasons),
            "now": scoring.check(selectors.get_facts(channel)),
            "documents": application.documents.order_by("pk"),
            "line": selectors.get_line(channel),
            "changes": selectors.get_changes(CreditChange.Machine.APPLICATION, application.pk),
            "decisions": AuditEntry.objects.filter(
                subject_type=CreditApplication._meta.label_lower, subject_pk=str(application.pk)
            ).order_by("pk"),
            "earlier": channel.credit_applications.exclude(pk=application.pk).order_by("-pk")[:10],
            "may_decide": may and application.status == Status.SENT,
            "may_answer": may and application.status == Status.PROPOSED and not is_own,
            "is_own_proposal": application.status == Status.PROPOSED and is_own,
            "approve_form": ApproveForm(application=application, auto_id="approve_%s"),
            **{f"{name}_form": WhyForm(auto_id=f"{name}_%s") for name in ("ask", "reject", "back")},
        }
        return self.show(
            request, "ads/credit_staff_detail.html", status=422 if shown else 200, **context | shown
        )  # fmt: skip

    def document(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        """A picture as we encoded it; a PDF only as something to download, never as a page of ours."""
        self.demand(request, "view")
        found = get_object_or_404(ApplicationDocument.objects.select_related("picture"), pk=pk)
        if found.picture:
            return pictures.serve(found.picture, 1600)
        return documents.serve(found.file.storage, str(found.file.name), f"document-{pk}")

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self._load(pk)
        form = ApproveForm(request.POST, application=application, auto_id="approve_%s")
        return self._decide(request, application, form, "approve_form", ads.approve_application)

    def ask_more(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._why(request, pk, "ask", ads.ask_for_more)

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._why(request, pk, "reject", ads.reject_application)

    def send_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._why(request, pk, "back", ads.send_back_approval)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._decide(request, self._load(pk), forms.Form(request.POST), "", ads.confirm_approval)

    def _why(self, request: HttpRequest, pk: int, name: str, act: Callable[..., object]) -> HttpResponse:
        form = WhyForm(request.POST, auto_id=f"{name}_%s")
        return self._decide(request, self._load(pk), form, f"{name}_form", act)

    def _decide(
        self,
        request: HttpRequest,
        application: CreditApplication,
        form: forms.Form,
        name: str,
        act: Callable[..., object],
    ) -> HttpResponse:
        """One form and one service; a form that is not accepted comes back on the page."""
        self.demand(request, "change")
        if not form.is_valid():
            return self._show(request, application, **{name: form})
        words = form.words() if isinstance(form, ApproveForm) else form.cleaned_data
        try:
            act(application=application, by=staff_of(request), **words)
        except payments.Refused as refusal:
            if not name:
                self.message_user(request, str(refusal), messages.ERROR)
                return redirect("admin:ads_creditapplication_change", application.pk)
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal))
            return self._show(request, application, **{name: form})
        application.refresh_from_db()
        self.message_user(request, f"{application}: {application.get_status_display()}", messages.SUCCESS)
        return redirect("admin:ads_creditapplication_change", application.pk)

    @admin.action(description=_("Approve at the suggested limit"), permissions=["change"])
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet[CreditApplication]) -> None:
        """Never more than was asked for; where nothing is suggested, people look at it one by one."""
        form = TermsForm(request.POST)
        form.fields["action"].required = False
        form.is_valid()
        fee, days = (form.cleaned_data.get(name) for name in ("fee_basis_points", "period_days"))
        terms = {"fee_basis_points": 500 if fee is None else fee, "period_days": days or 30}

        proposed: list[CreditApplication] = []

        def act(one: CreditApplication) -> None:
            limit = min(one.suggested_limit_minor or 0, one.amount_minor or 0)
            one = ads.approve_application(
                application=one, by=staff_of(request), limit_minor=limit, reason=request.POST.get("reason", ""), **terms
            )
            if one.status == Status.PROPOSED:
                proposed.append(one)

        done = self.each(request, queryset, act) - len(proposed)
        for one in proposed:
            self.message_user(request, f"{one}: {one.get_status_display()}", messages.WARNING)
        self._say(request, done)

    @admin.action(description=_("Reject, with the reason above"), permissions=["change"])
    def reject_chosen(self, request: HttpRequest, queryset: QuerySet[CreditApplication]) -> None:
        reason, by = request.POST.get("reason", ""), staff_of(request)
        done = self.each(
            request, queryset, lambda one: ads.reject_application(application=one, by=by, reason=reason)
        )  # fmt: skip
        self._say(request, done)

    def _say(self, request: HttpRequest, done: int) -> None:
        if done:
            text = ngettext("{n} application is decided.", "{n} applications are decided.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, gettext("Nothing was decided."), messages.WARNING)
