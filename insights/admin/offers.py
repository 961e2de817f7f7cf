"""How often sellers see and open the cards of services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from core.admin import ReadOnly
from insights.models import CardMark
from insights.selectors import offers


@admin.register(CardMark)
class CardMarkAdmin(ReadOnly):
    """The last four weeks drawn above the marks themselves."""

    list_display = ("day", "service", "kind", "person")
    list_display_links = None
    list_filter = ("kind", "service")
    list_select_related = ("person",)
    date_hierarchy = "day"
    change_list_template = "insights/card_mark_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CardMark]:
        return super().get_queryset(request).order_by("-pk")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {
            "title": gettext("Services' cards, once a person a day"),
            "figures": offers.get_card_figures(),
            "days": offers.DAYS,
        }
        return super().changelist_view(request, (extra_context or {}) | more)
