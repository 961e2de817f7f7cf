"""Credit lines and statements: who owes what, limits changed, lines closed, bad debt written off."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from ads import selectors
from ads import services as ads
from ads.forms import LimitForm, WhyForm
from ads.models import CreditChange, CreditLine, Statement
from core.queues import Queue
from payments.admin.base import Acting, amount, staff_of


@admin.register(CreditLine)
class CreditLineAdmin(Acting):
    list_display = ("channel", "status", "limit", "owed", "reserved", "period_ends_at")
    list_filter = ("status", "currency")
    list_select_related = ("channel",)
    search_fields = ("channel__handle", "channel__name")
    ordering = ("-owed_minor", "pk")
    limit, owed, reserved = amount("limit", _("limit")), amount("owed", _("owed")), amount("reserved", _("reserved"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/limit/", wrap(self.change_limit), name="ads_line_limit"),
            path("<int:pk>/close/", wrap(self.close), name="ads_line_close"),
            path("<int:pk>/reopen/", wrap(self.reopen), name="ads_line_reopen"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The line, its statements and all that changed; Django's form is not used."""
        if not self.has_view_permission(request) or request.method not in ("GET", "HEAD"):
            return super().change_view(request, object_id, form_url, extra_context)
        line = self._load(int(object_id) if object_id.isdigit() else 0)
        return self.show(
            request,
            "ads/line_staff_detail.html",
            title=line.channel.name,
            line=line,
            statements=selectors.get_statements(line),
            fees_minor=selectors.get_fees_owed(line.channel),
            changes=selectors.get_changes(CreditChange.Machine.LINE, line.pk),
            may_change=self.may(request, "change"),
        )

    def _load(self, pk: int) -> CreditLine:
        return get_object_or_404(CreditLine.objects.select_related("channel"), pk=pk)

    def change_limit(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = self._load(pk)
        form = LimitForm(request.POST if request.method == "POST" else None, currency=line.currency)

        def act() -> object:
            data = form.cleaned_data
            return ads.change_limit(
                line=line, limit_minor=data["limit"], reason=data["reason"], by=staff_of(request)
            )  # fmt: skip

        return self._ask(request, line, form, act, _("Change the limit"))

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._why(request, pk, ads.close_line, _("Close the line"))

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._why(request, pk, ads.reopen_line, _("Open the line again"))

    def _why(self, request: HttpRequest, pk: int, act: Callable[..., object], label: Any) -> HttpResponse:
        line, form = self._load(pk), WhyForm(request.POST if request.method == "POST" else None)
        return self._ask(
            request, line, form, lambda: act(line=line, by=staff_of(request), **form.cleaned_data), label
        )  # fmt: skip

    def _ask(
        self, request: HttpRequest, line: CreditLine, form: forms.Form, act: Callable[[], object], label: Any
    ) -> HttpResponse:
        self.demand(request, "change")
        back = reverse("admin:ads_creditline_change", args=[line.pk])
        words = {"title": label, "label": label, "sentence": line.channel.name}
        return self.ask(request, form, act, back=back, done=str(label), **words)


@admin.register(Statement)
class StatementAdmin(Queue, Acting):
    waiting_label = _("statements of ads that are late")
    waiting = Q(status=Statement.Status.LATE)
    waiting_query = "?status__exact=late"
    list_display = ("name", "status", "due_at", "total", "left", "settled_at")
    list_filter = ("status", "currency")
    list_select_related = ("line__channel",)
    search_fields = ("line__channel__handle", "line__channel__name")
    fields = readonly_fields = (
        *("name", "status", "period_start", "period_end", "due_at"),
        *("spent", "fee", "late_fee", "total", "left", "written_off", "settled_at"),
    )
    total, left, spent = amount("total", _("total")), amount("left", _("to be repaid")), amount("spent", _("ads"))
    fee, late_fee = amount("fee", _("fee")), amount("late_fee", _("fee for being late"))
    written_off = amount("written_off", _("written off"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return super().get_queryset(request).order_by("-due_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view(self.write_off)
        return [path("<int:pk>/write-off/", wrap, name="ads_statement_write_off"), *super().get_urls()]

    @admin.display(description=_("statement"))
    def name(self, statement: Statement) -> str:
        return str(statement)

    def write_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is left of a late one is our loss; the channel gets no more credit."""
        self.demand(request, "change")
        statement = get_object_or_404(Statement.objects.select_related("line__channel"), pk=pk)
        form = WhyForm(request.POST if request.method == "POST" else None)
        return self.ask(
            request,
            form,
            lambda: ads.write_off(statement=statement, by=staff_of(request), **form.cleaned_data),
            back=reverse("admin:ads_creditline_change", args=[statement.line_id]),
            done=str(_("Written off.")),
            title=_("Write off"),
            label=_("Write off"),
            sentence=f"{statement}: {amount('left')(self, statement)}",
        )
