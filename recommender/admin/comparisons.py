"""What picking for people is good for."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.spreadsheets import csv_response
from core.templatetags.bisat import number
from core.templatetags.charts import signed
from recommender.admin.base import ReadOnly
from recommender.lookers import Arm
from recommender.models import Comparison
from recommender.selectors import lift

WORDS = {
    "dwell": _("Seconds in shop"),
    "saves": _("Saves"),
    "asks": _("Questions"),
    "paid": _("Payments"),
}
ARMS = {Arm.PICKED: _("picked for"), Arm.HELD_OUT: _("held out")}


@admin.register(Comparison)
class ComparisonAdmin(ReadOnly):
    """Newest first; the newest is drawn."""

    list_display = ("at", "since", "people", *WORDS, "as_csv")
    list_display_links = None
    change_list_template = "recommender/comparison_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comparison]:
        return super().get_queryset(request).order_by("-pk")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        newest = Comparison.objects.order_by("-pk").first()
        more = {"title": gettext("What picking for people is good for"), "newest": newest}
        return super().changelist_view(request, (extra_context or {}) | more | (_drawn(newest) if newest else {}))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view(self.csv)
        return [path("<int:pk>/csv/", wrap, name="recommender_comparison_csv"), *super().get_urls()]

    def csv(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """One comparison, as it was counted: not rounded, the same figures in any language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Comparison, pk=pk)
        return csv_response(_lines(row), _file_name(row))

    @admin.display(description=_("As CSV"))
    def as_csv(self, row: Comparison) -> SafeString:
        address = reverse("admin:recommender_comparison_csv", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _file_name(row))

    @admin.display(description=_("people"))
    def people(self, row: Comparison) -> str:
        arms = lift.from_json(row.figures)
        return " / ".join(number(arms[arm].people) if arm in arms else "–" for arm in ARMS)

    @admin.display(description=WORDS["dwell"])
    def dwell(self, row: Comparison) -> str:
        return _lift(row, "dwell")

    @admin.display(description=WORDS["saves"])
    def saves(self, row: Comparison) -> str:
        return _lift(row, "saves")

    @admin.display(description=WORDS["asks"])
    def asks(self, row: Comparison) -> str:
        return _lift(row, "asks")

    @admin.display(description=WORDS["paid"])
    def paid(self, row: Comparison) -> str:
        return _lift(row, "paid")


def _lift(row: Comparison, name: str) -> str:
    found = lift.get_lift(lift.from_json(row.figures), name)
    return signed(found.value) if found else "–"


def _file_name(row: Comparison) -> str:
    return f"comparison-{row.at:%Y-%m-%d}"


def _lines(row: Comparison) -> Iterator[list[object]]:
    """A line for each measure: both groups with the limits of their means, and the difference with its own."""
    arms = lift.from_json(row.figures)
    of_arm = [gettext("people"), gettext("Total"), gettext("On average"), gettext("from"), gettext("to")]
    heads = [f"{words}: {head}" for words in ARMS.values() for head in of_arm]
    difference = gettext("Difference")
    yield [gettext("What"), *heads, difference, *(f"{difference}: {head}" for head in of_arm[3:])]
    for name, words in WORDS.items():
        line: list[object] = [words]
        for arm in ARMS:
            line += _plain(arms, arm, name) if arm in arms else [""] * len(of_arm)
        found = lift.get_lift(arms, name)
        yield line + ([f"{part:.4f}" for part in found] if found else [""] * 3)


def _plain(arms: dict[str, lift.ArmFigures], arm: str, name: str) -> list[object]:
    measure, limits = _measured(arms, arm, name)
    return [arms[arm].people, measure.total, *(f"{value:.4f}" for value in (measure.mean, *limits))]


def _measured(arms: dict[str, lift.ArmFigures], arm: str, name: str) -> tuple[lift.Measure, tuple[float, float]]:
    measure, everybody = arms[arm].measures[name], sum(figures.people for figures in arms.values())
    return measure, measure.limits(arms[arm].people, everybody)


def _drawn(row: Comparison) -> dict[str, Any]:
    """The newest comparison as a table, and as dots between their limits."""
    arms = lift.from_json(row.figures)
    lifts = {name: lift.get_lift(arms, name) for name in WORDS}
    return {
        "arms": [(ARMS[arm], number(arms[arm].people) if arm in arms else "–") for arm in ARMS],
        "rows": [
            {
                "what": words,
                "cells": [_cell(arms, arm, name) if arm in arms else ("–", "", "") for arm in ARMS],
                "lift": _lift_in_words(lifts[name]),
                "verdict": found.verdict.label if (found := lifts[name]) else "",
            }
            for name, words in WORDS.items()
        ],
        "ranges": [(str(WORDS[name]), *found) for name, found in lifts.items() if found],
    }


def _cell(arms: dict[str, lift.ArmFigures], arm: str, name: str) -> tuple[str, str, str]:
    """All of them, those of a person, and its limits."""
    measure, (low, high) = _measured(arms, arm, name)
    places = 0 if name == "dwell" else 3
    words = gettext("{low} to {high}")
    mean, low_words, high_words = (number(round(value, places)) for value in (measure.mean, max(low, 0), high))
    return number(round(measure.total)), mean, words.format(low=low_words, high=high_words)


def _lift_in_words(found: lift.Lift | None) -> str:
    if found is None:
        return gettext("too few to say")
    return gettext("{value} ({low} to {high})").format(
        value=signed(found.value), low=signed(found.low), high=signed(found.high)
    )
