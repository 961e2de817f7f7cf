"""What picking for people is good for."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
    """Newest first; the newest of four weeks is drawn."""

    list_display = ("at", "days", "people", *WORDS)
    list_display_links = None
    list_filter = ("days",)
    change_list_template = "recommender/comparison_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comparison]:
        return super().get_queryset(request).order_by("-pk")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        newest = Comparison.objects.order_by("-at", "-days").first()
        more = {"title": gettext("What picking for people is good for"), "newest": newest}
        return super().changelist_view(request, (extra_context or {}) | more | (_drawn(newest) if newest else {}))

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


def _drawn(row: Comparison) -> dict[str, Any]:
    """The newest comparison as a table, and as dots between their limits."""
    arms = lift.from_json(row.figures)
    lifts = {name: lift.get_lift(arms, name) for name in WORDS}
    return {
        "arms": [(ARMS[arm], number(arms[arm].people) if arm in arms else "–") for arm in ARMS],
        "rows": [
            {
                "what": words,
                "cells": [_cell(arms[arm], name) if arm in arms else ("–", "", "") for arm in ARMS],
                "lift": _lift_in_words(lifts[name]),
            }
            for name, words in WORDS.items()
        ],
        "ranges": [(str(WORDS[name]), *found) for name, found in lifts.items() if found],
    }


def _cell(figures: lift.ArmFigures, name: str) -> tuple[str, str, str]:
    """All of them, those of a person, and its limits."""
    measure = figures.measures[name]
    low, high = measure.limits(figures.people)
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
