"""Staff's pages of insights, in the admin site's frame. Nothing is edited; who may see days of the house sees them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from core.spreadsheets import csv_response
from insights import selectors
from insights.models import ShopDay
from insights.reports import PAGES
from insights.tables import plain_lines


@admin.register(ShopDay)
class InsightsAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        first, page = (self.admin_site.admin_view(view) for view in (self.changelist_view, self.page_view))
        return [
            path("", first, name="insights_shopday_changelist"),
            path("<slug:slug>/", page, name="insights_page"),
        ]

    def changelist_view(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return self.page_view(request, next(iter(PAGES)))

    def page_view(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        """One page, or its table as CSV (``format=csv``)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if slug not in PAGES:
            raise Http404
        until = selectors.get_last_day()
        report = PAGES[slug].make(until) if until else None
        if report and request.GET.get("format") == "csv":
            return csv_response(plain_lines(report.table), f"{slug}-{until}")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": PAGES[slug].title,
            "slug": slug,
            "pages": PAGES,
            "until": until,
            "report": report,
            "may_see_picks": request.user.has_perm("recommender.view_comparison"),
        }
        return TemplateResponse(request, "insights/staff/page.html", context)
