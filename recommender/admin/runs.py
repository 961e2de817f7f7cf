"""Tables in the making, and how good they are. A table is started, stopped and resumed; what becomes of it stands
beside it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.queues import Queue
from core.templatetags.bisat import day_and_time, digits, number, percent
from core.templatetags.charts import signed
from recommender import services, tasks
from recommender.admin.base import Fact, ReadOnly, bar, facts_table
from recommender.models import Run, RunTransition

GRAPH = 60  # tables


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
    """Who may change tables of neighbors starts, stops and resumes them. One that was refused waits to be looked at
    until a better one is live."""

    waiting_label = _("tables that were worse than the live one")
    waiting_query = "?state__exact=refused"
    list_display = ("until", "state", "progress", "quality", "popular", "trending", "finished_at")
    list_filter = ("state",)
    fields = readonly_fields = ("state", "until", "finished_at", "progress", "told", "made_with")
    inlines = (TransitionInline,)
    change_list_template = "recommender/run_list.html"
    actions = ("stop", "go_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        done = Count("blocks", filter=Q(blocks__done_at__isnull=False))
        return super().get_queryset(request).annotate(done=done, blocks_count=Count("blocks")).order_by("-pk")

    def get_waiting(self) -> QuerySet[Run]:
        live = Subquery(Run.objects.filter(state=Run.State.LIVE).values("pk")[:1])
        return Run.objects.filter(state=Run.State.REFUSED, pk__gt=Coalesce(live, 0))

    def get_urls(self) -> list[URLPattern]:
        start = self.admin_site.admin_view(self.start_view)
        return [path("start/", start, name="recommender_run_start"), *super().get_urls()]

    def may_change(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_run")

    has_steer_permission = may_change

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        runs = Run.objects.filter(finished_at__isnull=False, figures__has_key="ndcg").order_by("-pk")[:GRAPH]
        points = [(run.until.date(), round(run.figures["ndcg"] * 10_000)) for run in reversed(runs)]
        now = list(self.get_queryset(request).filter(state__in=(Run.State.LIVE, Run.State.RUNNING)))
        live = next((run for run in now if run.state == Run.State.LIVE), None)
        more = {
            "title": gettext("Tables of neighbors"),
            "points": points,
            "may_start": self.may_change(request),
            "live": facts_table(_facts(live)) if live else "",
            "running": next((run for run in now if run.state == Run.State.RUNNING), None),
        }
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

    @admin.display(description=_("made"))
    def progress(self, run: Run) -> SafeString:
        done, blocks = run.done, run.blocks_count  # type: ignore[attr-defined]
        words = gettext("{done} of {blocks} blocks").format(done=number(done), blocks=number(blocks))
        return bar(done, blocks, words) if done < blocks else SafeString(words)

    @admin.display(description=_("quality (NDCG at 20)"))
    def quality(self, run: Run) -> str:
        return _figure(run, "ndcg")

    @admin.display(description=_("of what is popular"))
    def popular(self, run: Run) -> str:
        return _figure(run, "popular_ndcg")

    @admin.display(description=_("of what is trending"))
    def trending(self, run: Run) -> str:
        return _figure(run, "trending_ndcg")

    @admin.display(description=_("figures"))
    def told(self, run: Run) -> SafeString:
        return facts_table(_facts(run))

    @admin.display(description=_("settings"))
    def made_with(self, run: Run) -> SafeString:
        return facts_table((name.replace("_", " "), value) for name, value in run.settings.items())


def _figure(run: Run, name: str) -> str:
    value = run.figures.get(name)
    return "–" if value is None else digits(f"{value:.4f}")


def _facts(run: Run) -> list[Fact]:
    """What was measured of a table, in words."""
    told = run.figures
    made_of = gettext("{events} events of {people} people with {products} things")
    facts: list[Fact] = [
        (
            _("Made of"),
            made_of.format(
                events=number(told.get("events", 0)),
                people=number(told.get("people_in_log", 0)),
                products=number(told.get("products", 0)),
            ),
        )
    ]
    if run.finished_at:
        facts.append((_("Finished"), day_and_time(run.finished_at)))
    if "ndcg" not in told:
        return [*facts, (_("Quality"), _("Not known yet: too little was done to foretell anything by."))]
    facts += [
        (_("Quality of its lists (NDCG at 20; 1 is perfect)"), _figure(run, "ndcg")),
        (_("The same of what is popular ever"), _figure(run, "popular_ndcg")),
        (_("The same of what is trending"), _figure(run, "trending_ndcg")),
    ]
    if rival := max(told["popular_ndcg"], told["trending_ndcg"]):
        facts.append((_("Beside the better of these two"), signed(told["ndcg"] / rival - 1)))
    return [
        *facts,
        (_("Found of what people did next, among 20 things"), percent(told["recall"])),
        (_("Things that are in anybody's list"), percent(told["coverage"])),
        (_("How rare the things in lists are (bits)"), number(round(told["novelty"], 1))),
        (_("How uneven among channels (Gini: 0 all alike, 1 one has all)"), number(round(told["gini"], 2))),
    ]
