"""Channels that are seen too little."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.queues import Queue
from core.templatetags.bisat import number
from recommender.admin.base import ReadOnly, bar
from recommender.models import Exposure
from recommender.selectors.exposure import get_market_reports, get_overdue


class ReachFilter(admin.SimpleListFilter):
    title = _("shown often enough")
    parameter_name = "reach"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("too little for a week")), ("lacks", _("not yet")), ("enough", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exposure]) -> QuerySet[Exposure]:
        match self.value():
            case "overdue":
                return get_overdue(queryset)
            case "lacks":
                return queryset.filter(shown__lt=settings.CHANNEL_IMPRESSIONS)
            case "enough":
                return queryset.filter(shown__gte=settings.CHANNEL_IMPRESSIONS)
        return queryset


@admin.register(Exposure)
class ExposureAdmin(Queue, ReadOnly):
    """The least shown first, below what all of them lack. Those that were open all week and lack wait for staff."""

    waiting_label = _("channels shown too little for a week")
    waiting_query = "?reach=overdue"
    list_display = ("channel", "market", "reached", "opened", "counted_at")
    list_display_links = None
    list_filter = (ReachFilter, "market")
    list_select_related = ("channel",)
    search_fields = ("channel__handle", "channel__name")
    ordering = ("shown", "pk")
    change_list_template = "recommender/exposure_list.html"

    def get_waiting(self) -> QuerySet[Exposure]:
        return get_overdue(Exposure.objects.all())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = gettext("How often channels are shown")
        more = {"title": title, "reports": get_market_reports(), "wanted": settings.CHANNEL_IMPRESSIONS}
        return super().changelist_view(request, (extra_context or {}) | more)

    @admin.display(description=_("shown in seven days"), ordering="shown")
    def reached(self, row: Exposure) -> SafeString:
        wanted = settings.CHANNEL_IMPRESSIONS
        words = gettext("{shown} of {wanted}").format(shown=number(row.shown), wanted=number(wanted))
        return bar(row.shown, wanted, words) if row.shown < wanted else SafeString(number(row.shown))

    @admin.display(description=_("open since"), ordering="channel__opened_at")
    def opened(self, row: Exposure) -> Any:
        return row.channel.opened_at
