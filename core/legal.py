"""What the site says about itself: what it keeps of people and for how long, and on what terms it is used."""

from itertools import groupby

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.pages import cache_for_guests
from core.personal_data import everything_kept


def _operator() -> dict[str, str]:
    return {"name": settings.OPERATOR_NAME, "address": settings.OPERATOR_ADDRESS, "email": settings.OPERATOR_EMAIL}


@require_GET
@cache_for_guests
def privacy(request: HttpRequest) -> HttpResponse:
    """Made of what the rooms declare and of the settings that govern it, so it cannot say anything else."""
    rooms = [
        (apps.get_app_config(label).verbose_name, list(kept))
        for label, kept in groupby(everything_kept(), key=lambda each: each.room)
    ]
    context = {"rooms": rooms, "operator": _operator(), "erasure_days": settings.ERASURE_DAYS}
    return render(request, "core/privacy.html", context)


@require_GET
@cache_for_guests
def terms(request: HttpRequest) -> HttpResponse:
    context = {"operator": _operator(), "fee": settings.PAYMENT_FEE_BASIS_POINTS / 10_000}
    return render(request, "core/terms.html", context)
