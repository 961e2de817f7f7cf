"""Staff's inbox of the group: topics by how long they wait, reports, ideas. Actions are services and say why."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community import selectors
from community import services as community
from community.forms import ReplyForm
from community.models import Idea, IdeaTransition, ReplyReport, Topic
from core.admin import ReadOnly, ReasonForm
from core.queues import Queue
from core.templatetags.bisat import number


def _span(seconds: float) -> str:
    """A wait in words: minutes, hours or days."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if hours < 1:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=number(minutes))
    if hours < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=number(hours))
    return ngettext("{n} day", "{n} days", days).format(n=number(days))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker; the admin site lets nobody else in
    return request.user


class Acting(ReadOnly):
    """Lists whose actions call a service for each row, with the reason that was typed."""

    action_form = ReasonForm

    def each(self, request: HttpRequest, rows: QuerySet[Any], do: Callable[..., Any]) -> None:
        done = 0
        for row in rows:
            try:
                do(row, by=_person(request), reason=request.POST.get("reason", ""))
                done += 1
            except community.Refused as refused:
                self.message_user(request, f"{row}: {refused}", messages.ERROR)
        if done:
            text = ngettext("{n} changed.", "{n} changed.", done).format(n=number(done))
            self.message_user(request, text, messages.SUCCESS)


class WaitingFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Waits for the team")), ("0", _("Waits for nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Topic]) -> QuerySet[Topic]:
        return queryset.filter(waiting_since__isnull=self.value() == "0") if self.value() else queryset


@admin.register(Topic)
class TopicAdmin(Queue, Acting):
    """The inbox: who has waited longest is on top; a topic's page is where one answers."""

    waiting_label = _("topics that wait for the team")
    waiting = Q(waiting_since__isnull=False)
    waiting_query = "?waits=1"
    change_list_template = "community/staff_topic_list.html"
    list_display = ("title", "waits", "reply_time", "board", "language", "who", "state", "reply_count", "active_at")
    list_filter = (WaitingFilter, "state", "board", "language")
    search_fields = ("title", "channel__handle", "channel__name", "author__display_name")
    search_help_text = _("Title, channel, person")
    list_select_related = ("channel", "author")
    actions = ("settle", "close", "reopen", "hide", "show")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """The longest wait first, then the newest words."""
        return (
            super().get_queryset(request).order_by(models.F("waiting_since").asc(nulls_last=True), "-active_at", "pk")
        )

    @admin.display(description=_("waits for"), ordering="waiting_since")
    def waits(self, topic: Topic) -> SafeString | str:
        if topic.waiting_since is None:
            return "–"
        return format_html("<strong>{}</strong>", _span((timezone.now() - topic.waiting_since).total_seconds()))

    @admin.display(description=_("answered after"))
    def reply_time(self, topic: Topic) -> str:
        if topic.first_answer_at is None:
            return "–"
        return _span((topic.first_answer_at - topic.created_at).total_seconds())

    @admin.display(description=_("by"))
    def who(self, topic: Topic) -> str:
        return str(topic.channel or topic.author or "–")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        known = selectors.get_reply_time()
        told = {"median": "" if known.seconds is None else _span(known.seconds), "topics": known.topics}
        return super().changelist_view(request, told | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was said, and a form to answer in the team's name; Django's own form is not used."""
        standing = selectors.get_standing(_person(request))
        if not self.has_view_permission(request) or (request.method == "POST" and not standing.is_team):
            raise PermissionDenied
        topic = get_object_or_404(self.get_queryset(request), pk=int(object_id) if object_id.isdecimal() else 0)
        form = ReplyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                community.reply(topic=topic, by=standing.person, **form.cleaned_data)
            except community.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, gettext("Answered."), messages.SUCCESS)
                return redirect("admin:community_topic_changelist")
        said = topic.replies.select_related("author", "channel").prefetch_related("pictures__picture")
        context = self.admin_site.each_context(request) | {
            "title": topic.title,
            "topic": topic,
            "said": said.order_by("pk"),
            "form": form if standing.is_team and topic.is_open() else None,
            "opts": self.opts,
        }
        return TemplateResponse(request, "community/staff_topic.html", context, status=422 if form.is_bound else 200)

    @admin.action(description=_("No answer needed (with a reason)"), permissions=["change"])
    def settle(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self.each(request, queryset, lambda topic, **why: community.settle_topic(topic=topic, **why))

    def _step(self, request: HttpRequest, queryset: QuerySet[Topic], step: str) -> None:
        self.each(request, queryset, lambda topic, **why: community.moderate_topic(topic=topic, step=step, **why))

    @admin.action(description=_("Close (with a reason)"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._step(request, queryset, "close")

    @admin.action(description=_("Open again (with a reason)"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._step(request, queryset, "reopen")

    @admin.action(description=_("Hide (with a reason)"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._step(request, queryset, "hide")

    @admin.action(description=_("Show again (with a reason)"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Topic]) -> None:
        self._step(request, queryset, "show")


@admin.register(ReplyReport)
class ReplyReportAdmin(Queue, Acting):
    waiting_label = _("reports from the storekeepers group")
    waiting = Q(state=ReplyReport.State.OPEN)
    waiting_query = "?state__exact=open"
    list_display = ("created_at", "state", "reason", "words", "said", "reporter")
    list_display_links = None
    list_filter = ("state", "reason")
    list_select_related = ("reply__topic", "reporter")
    actions = ("keep", "act")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyReport]:
        return self.waiting_first(super().get_queryset(request))

    @admin.display(description=_("what happened"))
    def words(self, report: ReplyReport) -> str:
        return Truncator(report.text).chars(120)

    @admin.display(description=_("the reply"))
    def said(self, report: ReplyReport) -> SafeString:
        text = Truncator(report.reply.text or str(report.reply)).chars(160)
        return format_html('<a href="{}">{}</a>', report.reply.get_absolute_url(), text)

    def _decide(self, request: HttpRequest, queryset: QuerySet[ReplyReport], state: str) -> None:
        self.each(request, queryset, lambda report, **why: community.decide_report(report=report, state=state, **why))

    @admin.action(description=_("Keep it as it is (with a reason)"), permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[ReplyReport]) -> None:
        self._decide(request, queryset, ReplyReport.State.KEPT)

    @admin.action(description=_("Hide the words (with a reason)"), permissions=["change"])
    def act(self, request: HttpRequest, queryset: QuerySet[ReplyReport]) -> None:
        self._decide(request, queryset, ReplyReport.State.ACTED)


class TransitionInline(admin.TabularInline):
    model = IdeaTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_status", "to_status", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[IdeaTransition]:
        return super().get_queryset(request).select_related("by").order_by("-at", "-pk")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Idea)
class IdeaAdmin(Acting):
    """Ideas by votes; what becomes of one is an action, told to all who voted or follow."""

    list_display = ("title", "status", "vote_count", "language", "made_by", "changed_at", "page")
    list_filter = ("status", "language")
    search_fields = ("title", "text")
    list_select_related = ("made_by",)
    ordering = ("-vote_count", "-pk")
    fields = ("title", "text", "status", "why", "vote_count", "made_by", "created_at", "changed_at")
    inlines = (TransitionInline,)
    actions = ("hear", "plan", "build", "ship", "decline")

    @admin.display(description=_("page"))
    def page(self, idea: Idea) -> SafeString:
        return format_html('<a href="{}">{}</a>', idea.get_absolute_url(), gettext("Look"))

    def _move(self, request: HttpRequest, queryset: QuerySet[Idea], to: str) -> None:
        self.each(request, queryset, lambda idea, **why: community.move_idea(idea=idea, to=to, **why))

    @admin.action(description=_("Heard"), permissions=["change"])
    def hear(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        self._move(request, queryset, Idea.Status.HEARD)

    @admin.action(description=_("Planned"), permissions=["change"])
    def plan(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        self._move(request, queryset, Idea.Status.PLANNED)

    @admin.action(description=_("Being built"), permissions=["change"])
    def build(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        self._move(request, queryset, Idea.Status.BUILDING)

    @admin.action(description=_("Live"), permissions=["change"])
    def ship(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        self._move(request, queryset, Idea.Status.SHIPPED)

    @admin.action(description=_("Declined (with a reason)"), permissions=["change"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        self._move(request, queryset, Idea.Status.DECLINED)
