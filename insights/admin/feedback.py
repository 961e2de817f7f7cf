"""What people tell us: the queue, moods by week, and an answer."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.admin import ReadOnly
from core.queues import Queue
from insights import services
from insights.admin.base import demand, show, staff_of
from insights.forms import AnswerForm
from insights.models import Feedback
from insights.selectors.feedback import get_moods_by_week


@admin.register(Feedback)
class FeedbackAdmin(Queue, ReadOnly):
    waiting_label = _("people who told us something")
    waiting = Q(state=Feedback.State.WAITING)
    waiting_query = "?state__exact=waiting"
    list_display = ("__str__", "mood", "side", "page", "person", "state", "created_at")
    list_filter = ("state", "mood", "side", "language")
    list_select_related = ("person",)
    search_fields = ("words", "page", "contact")
    change_list_template = "insights/feedback_list.html"
    actions = ("put_aside",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return self.waiting_first(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        moods = {
            "weeks": get_moods_by_week(timezone.now().date()),
            "moods": [str(label) for label in Feedback.Mood.labels],
        }
        return super().changelist_view(request, (extra_context or {}) | moods)

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(require_POST(self.answer))
        return [path("<int:pk>/answer/", answer, name="insights_feedback_answer"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was told, and the answer; Django's form is not used."""
        if request.method not in ("GET", "HEAD") or not object_id.isdigit():
            return super().change_view(request, object_id, form_url, extra_context)
        demand(self, request, "view")
        return self._show(request, int(object_id), AnswerForm())

    def _show(self, request: HttpRequest, pk: int, form: AnswerForm) -> HttpResponse:
        feedback = get_object_or_404(Feedback.objects.select_related("person"), pk=pk)
        context = {
            "title": gettext("Feedback {n}").format(n=pk),
            "feedback": feedback,
            "steps": feedback.transitions.select_related("by").order_by("pk"),
            "form": form,
            "may_answer": request.user.has_perm("insights.change_feedback")
            and feedback.state == Feedback.State.WAITING,
        }
        return show(self, request, "insights/feedback_detail.html", status=422 if form.errors else 200, **context)

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(self, request, "change")
        feedback, form = get_object_or_404(Feedback, pk=pk), AnswerForm(request.POST)
        if form.is_valid():
            try:
                services.answer(feedback=feedback, by=staff_of(request), words=form.cleaned_data["words"])
            except services.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, gettext("The answer is on its way."), messages.SUCCESS)
                return redirect(reverse("admin:insights_feedback_changelist") + self.waiting_query)
        return self._show(request, pk, form)

    @admin.action(description=_("Set aside: nothing to answer"), permissions=["change"])
    def put_aside(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        done = 0
        for feedback in queryset:
            try:
                services.set_aside(feedback=feedback, by=staff_of(request))
                done += 1
            except services.Refused as refusal:
                self.message_user(request, f"{feedback}: {refusal}", messages.ERROR)
        if done:
            text = ngettext("{n} set aside.", "{n} set aside.", done).format(n=done)
            self.message_user(request, text, messages.SUCCESS)
