"""Filters and pages of staff's long lists: each costs the same however many rows there are."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

MOST_VALUES = 200
# Steps from one value to the next by the column's index: a DISTINCT would read every row.
_VALUES = """
WITH RECURSIVE found(value, number) AS (
    (SELECT {column}, 1 FROM {table} ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > value ORDER BY {column} LIMIT 1), number + 1
    FROM found WHERE value IS NOT NULL AND number <= %s
) SELECT value FROM found WHERE value IS NOT NULL
"""


def values_of(model: type[models.Model], column: str) -> list[str]:
    """The different values of an indexed column, at most MOST_VALUES, in their order; one query."""
    names = {"table": model._meta.db_table, "column": connection.ops.quote_name(column)}
    with connection.cursor() as cursor:
        cursor.execute(_VALUES.format(**names), [MOST_VALUES])
        return [row[0] for row in cursor.fetchall()]


class ByValue(admin.SimpleListFilter):
    """One of the values an indexed column has; made by ``by_value``."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, value) for value in values_of(model_admin.model, self.column)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


def by_value(column: str, label: Any) -> type[ByValue]:
    return type(f"By{column}", (ByValue,), {"column": column, "title": label, "parameter_name": column})


class _Range(forms.Form):
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class BetweenDays(admin.ListFilter):
    """Rows whose ``at`` lies between two days, both of them included; an open end is open."""

    title = _("date")
    template = "admin/core/between_days.html"
    names = ("since", "until")

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        given = {name: params.pop(name)[-1] for name in self.names if name in params}
        self.used_parameters.update(given)
        self.form = _Range(given)
        self.others = [(name, value) for name, values in params.items() for value in values]
        if request.GET.get("q"):
            self.others.append(("q", request.GET["q"]))

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"form": self.form, "others": self.others}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.form.is_valid():
            return queryset.none()
        since, until = self.form.cleaned_data["since"], self.form.cleaned_data["until"]
        if since:
            queryset = queryset.filter(at__gte=_morning(since))
        if until:
            queryset = queryset.filter(at__lt=_morning(until + dt.timedelta(days=1)))
        return queryset


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class Capped(Paginator):
    """Counts no further than a thousand pages of ten."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[: self.MOST].count() if isinstance(rows, QuerySet) else len(rows)
