"""What a page tells of by a beacon: how long a thing was in sight, that it was shared, that a search led to it."""

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import limits
from core.pages import Request
from recommender import services as recommender
from recommender.lookers import is_robot
from recommender.models import Interaction
from shop import guests

LIMIT, SECONDS = 600, 3600
KINDS = (Interaction.Kind.VIEW, Interaction.Kind.SHARE, Interaction.Kind.SEARCH_CLICK)


class DeedForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in KINDS])
    product = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    dwell_ms = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


@require_POST
def did(request: Request) -> HttpResponse:
    """Nothing waits for the answer; who has done nothing yet is not known and not logged."""
    form, looker = DeedForm(request.POST), guests.visitor(request).looker
    if not form.is_valid():
        return HttpResponse(status=422)
    if not looker.is_known or is_robot(request):
        return HttpResponse(status=204)
    try:
        limits.take(f"did:{looker.person_id or limits.client_address(request)}", limit=LIMIT, seconds=SECONDS)
    except limits.TooMany:
        return HttpResponse(status=429)
    told = form.cleaned_data
    recommender.record(looker=looker, kind=told["kind"], product_id=told["product"], dwell_ms=told["dwell_ms"])
    return HttpResponse(status=204)
