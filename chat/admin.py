"""Staff's queue of reports, and the conversations they must read to decide a dispute.

What changes a state is an action, and every action is a service.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import selectors
from chat import services as chat
from chat.models import Conversation, Report, ReportTransition
from core.queues import Queue


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.TextInput(attrs={"size": 40})
    )


class TransitionInline(admin.TabularInline):
    model = ReportTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportTransition]:
        return super().get_queryset(request).select_related("by").order_by("-at", "-pk")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(Queue):
    """Staff add a report of their own by search, not from lists of thousands; a report itself is never rewritten."""

    waiting_label = _("open reports")
    waiting = Q(state=Report.State.OPEN)
    waiting_query = "?state__exact=open"
    list_display = ("created_at", "state", "reason", "about", "words", "reporter")
    list_filter = ("state", "reason")
    search_fields = ("text", "channel__handle", "channel__name", "person__display_name", "person__email")
    search_help_text = _("Words, channel, person")
    autocomplete_fields = ("reporter", "channel", "post", "person")
    fields = ("reporter", "channel", "post", "person", "reason", "text")
    actions = ("keep", "act")
    action_form = ReasonForm
    inlines = (TransitionInline,)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """The queue first: who has waited longest is on top."""
        reports = super().get_queryset(request)
        return self.waiting_first(reports.select_related("reporter", "channel", "post__channel", "person", "message"))

    def get_fields(self, request: HttpRequest, obj: Report | None = None) -> tuple[str, ...]:
        return self.fields if obj is None else ("created_at", "state", "about", "quoted", *self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Report | None = None) -> tuple[str, ...]:
        return ("created_at", "state", "about", "quoted")

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    @admin.display(description=_("about"))
    def about(self, report: Report) -> SafeString | str:
        subject = report.subject
        if report.message_id:
            return str(_("a message"))
        address = subject.get_absolute_url() if hasattr(subject, "get_absolute_url") else ""
        return format_html('<a href="{}">{}</a>', address, subject) if address else str(subject)

    @admin.display(description=_("what happened"))
    def words(self, report: Report) -> str:
        return Truncator(report.text).chars(60)

    @admin.display(description=_("the message, shown by its reader"))
    def quoted(self, report: Report) -> str:
        return report.message.text if report.message else ""

    def _decide(self, request: HttpRequest, reports: QuerySet[Report], state: str) -> None:
        for report in reports:
            try:
                chat.decide(report=report, by=request.user, state=state, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
            except chat.Refused as refused:
                self.message_user(request, f"{report}: {refused}", messages.ERROR)

    @admin.action(description=_("Keep as it is (with a reason)"), permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide(request, queryset, Report.State.KEPT)

    @admin.action(description=_("Acted upon (with a reason)"), permissions=["change"])
    def act(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide(request, queryset, Report.State.ACTED)


class BecauseForm(forms.Form):
    because = forms.CharField(label=_("Why do you read it?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@admin.register(Conversation)
class ConversationAdmin(admin.ModelAdmin):
    """Only those with money in dispute are here. Reading one takes a reason, and the look is logged."""

    list_display = ("link", "channel", "shopper", "product", "last_message_at")
    list_display_links = None
    search_fields = ("channel__handle", "shopper__email", "messages__money__token")
    search_help_text = _("Channel, shopper, token of the request")
    list_select_related = ("channel", "shopper", "product")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return selectors.get_disputed().order_by("-last_message_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        read = path("<int:pk>/read/", self.admin_site.admin_view(self.read), name="chat_conversation_read")
        return [read, *super().get_urls()]

    @admin.display(description=_("conversation"))
    def link(self, conversation: Conversation) -> SafeString:
        return format_html('<a href="{}">{}</a>', _address(conversation.pk), conversation)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:chat_conversation_read", object_id)

    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks why, then shows what was said; without a dispute there is nothing here."""
        if not self.has_view_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        conversation = get_object_or_404(self.get_queryset(request).select_related("channel", "shopper"), pk=pk)
        form = BecauseForm(request.POST if request.method == "POST" else None)
        said = None
        if form.is_valid():
            try:
                said = chat.read_as_staff(conversation=conversation, by=request.user, **form.cleaned_data)
            except chat.Refused as refused:
                raise PermissionDenied(str(refused)) from None
        context = self.admin_site.each_context(request) | {
            "title": _("Conversation {name}").format(name=conversation),
            "conversation": conversation,
            "requests": selectors.get_disputed_requests(conversation),
            "form": form,
            "said": said,
            "opts": self.opts,
        }
        return TemplateResponse(request, "chat/staff_conversation.html", context)


def _address(pk: int) -> str:
    return reverse("admin:chat_conversation_read", args=[pk])
