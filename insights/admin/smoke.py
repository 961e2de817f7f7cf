"""Smoke tests: written as drafts, started, read, ended, turned into the live service."""

from collections.abc import Callable, Iterator
from typing import Any

from babel.numbers import format_percent
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.money import babel_locale, localize_number
from core.spreadsheets import csv_response, safe_cell
from core.templatetags.bisat import number, percent
from insights import services
from insights.admin.base import demand, show, staff_of
from insights.admin.smoke_forms import SmokeFieldForm, SmokePageForm, SmokeTestForm
from insights.models import SmokeField, SmokePage, SmokeTest, SmokeTransition
from insights.models.smoke import SETTLED
from insights.selectors import smoke as selectors

State = SmokeTest.State


class PageInline(admin.StackedInline):
    model = SmokePage
    form = SmokePageForm
    extra = 0
    max_num = len(settings.LANGUAGES)

    def get_extra(self, request: HttpRequest, obj: SmokeTest | None = None, **options: Any) -> int:
        return 0 if obj else len(settings.LANGUAGES)


class FieldInline(admin.StackedInline):
    """Questions stay as they are once the test runs."""

    model = SmokeField
    form = SmokeFieldForm
    extra = 0

    def get_extra(self, request: HttpRequest, obj: SmokeTest | None = None, **options: Any) -> int:
        return 0 if obj else 1

    def get_fields(self, request: HttpRequest, obj: SmokeTest | None = None) -> list[Any]:
        """Those of the form that are made for each language too."""
        return list(SmokeFieldForm().fields) if _is_draft(obj) else ["key", "kind", "is_required", "label"]

    def get_formset(self, request: HttpRequest, obj: SmokeTest | None = None, **options: Any) -> Any:
        return super().get_formset(request, obj, **options | {"fields": SmokeFieldForm.Meta.fields})

    def has_add_permission(self, request: HttpRequest, obj: SmokeTest | None = None) -> bool:
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: SmokeTest | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: SmokeTest | None = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


class TransitionInline(admin.TabularInline):
    model = SmokeTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_draft(smoke: SmokeTest | None) -> bool:
    return smoke is None or smoke.state == State.DRAFT


@admin.register(SmokeTest)
class SmokeTestAdmin(admin.ModelAdmin):
    form = SmokeTestForm
    list_display = ("name", "state", "target", "threshold", "seen", "submitted", "starts_at", "ends_at", "report_link")
    list_filter = ("state", "target")
    search_fields = ("name", "slug")
    inlines = (PageInline, FieldInline, TransitionInline)
    change_form_template = "insights/smoke_test_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SmokeTest]:
        return super().get_queryset(request).order_by("-pk")

    def get_readonly_fields(self, request: HttpRequest, obj: SmokeTest | None = None) -> tuple[str, ...]:
        return () if _is_draft(obj) else (*SETTLED, "service", "starts_at")

    def get_formset_kwargs(self, request: HttpRequest, obj: SmokeTest, inline: Any, prefix: str) -> dict[str, Any]:
        """A new test begins with an empty page for each language."""
        given: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, PageInline) and not obj.pk:
            given["initial"] = [{"language": code} for code, _name in settings.LANGUAGES]
        return given

    def has_delete_permission(self, request: HttpRequest, obj: SmokeTest | None = None) -> bool:
        return obj is not None and _is_draft(obj) and super().has_delete_permission(request, obj)

    @admin.display(description=_("build from"), ordering="threshold_percent")
    def threshold(self, smoke: SmokeTest) -> str:
        return percent(smoke.threshold_percent / 100)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With how many came and applied, counted for the page's rows only."""
        changes = super().get_changelist_instance(request)
        rows = SmokeTest.objects.filter(pk__in=[smoke.pk for smoke in changes.result_list])
        counts = rows.annotate(came=Count("visits"), applied=Count("visits__submitted_at"))
        self._counts = {pk: (came, applied) for pk, came, applied in counts.values_list("pk", "came", "applied")}
        return changes

    @admin.display(description=_("seen"))
    def seen(self, smoke: SmokeTest) -> str:
        return number(self._counts[smoke.pk][0])

    @admin.display(description=_("applied"))
    def submitted(self, smoke: SmokeTest) -> str:
        return number(self._counts[smoke.pk][1])

    @admin.display(description=_("report"))
    def report_link(self, smoke: SmokeTest) -> SafeString:
        return format_html('<a href="{}">{}</a>', _report_url(smoke.pk), _("Report"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/report/", wrap(self.report), name="insights_smoketest_report"),
            path("<int:pk>/start/", wrap(require_POST(self.start)), name="insights_smoketest_start"),
            path("<int:pk>/end/", wrap(require_POST(self.end)), name="insights_smoketest_end"),
            path("<int:pk>/turn-live/", wrap(require_POST(self.turn_live)), name="insights_smoketest_turn_live"),
            path("<int:pk>/applicants.csv", wrap(self.csv), name="insights_smoketest_csv"),
            *super().get_urls(),
        ]

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The funnel, the verdict, and what may be done now."""
        demand(self, request, "view")
        smoke = get_object_or_404(SmokeTest, pk=pk)
        told = selectors.get_report(smoke)
        funnel, low, high = told.funnel, *told.funnel.interval
        steps = (_("Seen"), _("Call to action"), _("Form started"), _("Submitted"))
        counts = (funnel.seen, funnel.called, funnel.started, funnel.submitted)
        context: dict[str, Any] = {
            "title": gettext("Report: {name}").format(name=smoke.name),
            "smoke": smoke,
            "report": told,
            "steps": [
                (str(step), count, f"{number(count)} · {percent(count / (funnel.seen or 1))}")
                for step, count in zip(steps, counts, strict=True)
            ],
            "threshold": percent(smoke.threshold_percent / 100),
            "rate": share(funnel.rate),
            "limits": gettext("{low} to {high}").format(low=share(low), high=share(high)),
            "verdict": selectors.VERDICTS[told.verdict],
            "segments": [(words, [_segment_row(part) for part in parts]) for words, parts in told.segments],
            "lacks": services.what_it_lacks(smoke) if smoke.state == State.DRAFT else [],
            "may_change": request.user.has_perm("insights.change_smoketest"),
        }
        return show(self, request, "insights/smoke_report.html", **context)

    def _act(self, request: HttpRequest, pk: int, act: Callable[[SmokeTest], object], done: str) -> HttpResponse:
        """One service; what it refuses is said on the report."""
        demand(self, request, "change")
        try:
            act(get_object_or_404(SmokeTest, pk=pk))
            self.message_user(request, done, messages.SUCCESS)
        except services.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect(_report_url(pk))

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        by = staff_of(request)
        return self._act(request, pk, lambda smoke: services.start_test(smoke=smoke, by=by), gettext("It runs now."))

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        by, reason = staff_of(request), request.POST.get("reason", "")[:500]
        done = gettext("It takes no more visitors.")
        return self._act(request, pk, lambda smoke: services.end_test(smoke=smoke, by=by, reason=reason), done)

    def turn_live(self, request: HttpRequest, pk: int) -> HttpResponse:
        by, url = staff_of(request), request.POST.get("url", "").strip()[:200]
        done = gettext("It is a live service now; the applicants are being handed over and told.")
        return self._act(request, pk, lambda smoke: services.turn_live(smoke=smoke, by=by, url=url), done)

    def csv(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """All applicants, a line each, never all in memory."""
        demand(self, request, "view")
        smoke = get_object_or_404(SmokeTest, pk=pk)
        return csv_response(([safe_cell(cell) for cell in line] for line in _lines(smoke)), f"{smoke.slug}-applicants")


def _report_url(pk: int) -> str:
    return reverse("admin:insights_smoketest_report", args=[pk])


def share(ratio: float) -> str:
    """0.375 as 37.5 %: a tenth of a percent matters here."""
    return localize_number(format_percent(ratio, format="#,##0.0%", locale=babel_locale()))


def _segment_row(part: selectors.Segment) -> dict[str, Any]:
    low, high = part.funnel.interval
    limits = gettext("{low} to {high}").format(low=share(low), high=share(high))
    return {"words": part.words, "funnel": part.funnel, "rate": share(part.funnel.rate), "limits": limits}


def _lines(smoke: SmokeTest) -> Iterator[list[str]]:
    fields = list(smoke.fields.order_by("position", "pk"))
    heads = (gettext("Received"), gettext("State"), gettext("Channel"), gettext("Person"), gettext("E-mail"))
    yield [*heads, *(field.label for field in fields)]
    for applicant in selectors.stream_applicants(smoke):
        person, channel = applicant.person, applicant.channel
        yield [
            timezone.localtime(applicant.created_at).isoformat(timespec="seconds"),
            str(applicant.get_state_display()),
            channel.handle if channel else "",
            str(person) if person else "",
            (person.email or "") if person else "",
            *(selectors.get_answer(applicant, field) for field in fields),
        ]
