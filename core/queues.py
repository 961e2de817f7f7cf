"""What waits for staff: lists of the admin site say how much, its first page shows it."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


class Queue(admin.ModelAdmin):
    """A list in which something may wait for staff: the first page of the site says how much."""

    waiting_label: str | Promise
    waiting: Q  # which rows wait
    waiting_query = ""  # of the list, so that it shows what is counted

    def get_waiting(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.waiting)

    def waiting_first(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What waits on top, then by ``created_at`` and number."""
        place = Case(When(self.waiting, then=Value(0)), default=Value(1))
        return rows.annotate(place=place).order_by("place", "created_at", "pk")


class Waiting(NamedTuple):
    label: str | Promise
    number: int
    url: str


def get_waiting(site: admin.AdminSite, request: HttpRequest) -> list[Waiting]:
    """The queues this person may see in which something waits; a query for each queue."""
    found = []
    for page in site._registry.values():
        if isinstance(page, Queue) and page.has_view_permission(request) and (number := page.get_waiting().count()):
            url = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
            found.append(Waiting(page.waiting_label, number, url + page.waiting_query))
    return found
