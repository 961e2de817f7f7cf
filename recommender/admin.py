"""Staff's side of recommendations: tables in the making and how good they are, and channels that are seen too little.

Nothing is edited: a table is started, stopped and resumed; what becomes of it stands beside it.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.queues import Queue
from recommender import services, tasks
from recommender.models import Exposure, Run, RunTransition

GRAPH = 60  # tables


class ReadOnly(admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TransitionInline(admin.TabularInline):
    model = RunTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(Queue, ReadOnly):
    """Who may change tables of neighbors starts, stops and resumes them. One that was refused waits for staff until a
    later one is published."""

    waiting_label = _("new tables of neighbors that are worse")
    waiting_query = "?state__exact=refused"

    list_display = ("until", "state", "progress", "quality", "popular", "trending", "coverage", "gini", "finished_at")
    list_filter = ("state",)
    fields = ("state", "until", "finished_at", "settings", "figures")
    inlines = (TransitionInline,)
    change_list_template = "recommender/run_list.html"
    actions = ("stop", "go_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        done = Count("blocks", filter=Q(blocks__done_at__isnull=False))
        return super().get_queryset(request).annotate(done=done, blocks_count=Count("blocks")).order_by("-pk")

    def get_waiting(self) -> QuerySet[Run]:
        newest = Run.objects.filter(finished_at__isnull=False).order_by("-pk").values("pk")[:1]
        return Run.objects.filter(pk__in=newest, state=Run.State.REFUSED)

    def get_urls(self) -> list[URLPattern]:
        start = self.admin_site.admin_view(self.start_view)
        return [path("start/", start, name="recommender_run_start"), *super().get_urls()]

    def may_change(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_run")

    has_steer_permission = may_change

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        runs = Run.objects.filter(finished_at__isnull=False, figures__has_key="ndcg").order_by("-pk")[:GRAPH]
        points = [(run.until.date(), round(run.figures["ndcg"] * 10_000)) for run in reversed(runs)]
        more = {"points": points, "may_start": self.may_change(request)}
        return super().changelist_view(request, (extra_context or {}) | more)

    def start_view(self, request: HttpRequest) -> HttpResponse:
        """A page that asks, then starts."""
        if not self.may_change(request):
            raise PermissionDenied
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {"opts": self.opts, "title": gettext("Make a new table")}
            return TemplateResponse(request, "recommender/run_form.html", context)
        try:
            tasks.hand_out(services.start_run(by=request.user))  # type: ignore[arg-type]
        except services.AlreadyRunning:
            self.message_user(request, gettext("A table is in the making already."), messages.ERROR)
        else:
            self.message_user(request, gettext("Workers are making the table now."), messages.SUCCESS)
        return redirect(reverse("admin:recommender_run_changelist"))

    @admin.action(description=_("Stop"), permissions=["steer"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset:
            try:
                services.stop_run(run=run, by=request.user)  # type: ignore[arg-type]
            except services.NotInTheMaking:
                self.message_user(request, gettext("It is not in the making."), messages.ERROR)

    @admin.action(description=_("Go on with it"), permissions=["steer"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset:
            try:
                services.resume_run(run=run, by=request.user)  # type: ignore[arg-type]
            except (services.NotInTheMaking, services.AlreadyRunning):
                self.message_user(
                    request, gettext("It was not stopped, or another one is in the making."), messages.ERROR
                )
            else:
                tasks.hand_out(run)

    @admin.display(description=_("blocks"))
    def progress(self, run: Run) -> str:
        return f"{run.done} / {run.blocks_count}"  # type: ignore[attr-defined]

    @admin.display(description=_("NDCG at 20"))
    def quality(self, run: Run) -> str:
        return _figure(run, "ndcg")

    @admin.display(description=_("of popular"))
    def popular(self, run: Run) -> str:
        return _figure(run, "popular_ndcg")

    @admin.display(description=_("of trending"))
    def trending(self, run: Run) -> str:
        return _figure(run, "trending_ndcg")

    @admin.display(description=_("coverage"))
    def coverage(self, run: Run) -> str:
        return _figure(run, "coverage")

    @admin.display(description=_("Gini of channels"))
    def gini(self, run: Run) -> str:
        return _figure(run, "gini")


def _figure(run: Run, name: str) -> str:
    value = run.figures.get(name)
    return "–" if value is None else f"{value:.4f}"


@admin.register(Exposure)
class ExposureAdmin(ReadOnly):
    """The least shown first."""

    list_display = ("channel", "shown", "counted_at")
    list_select_related = ("channel",)
    search_fields = ("channel__handle", "channel__name")
    ordering = ("shown", "pk")
