"""What a page tells of by a beacon: how long a thing was in sight, that it was shared, that a search led to it; and
which cards of a list came into sight. Lists are kept for guests, so only their pages know who looks."""

import re

from django import forms
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from core import limits
from core.pages import Request
from recommender import services as recommender
from recommender.lookers import is_robot
from recommender.models import Interaction
from shop import guests

LIMIT, SECONDS = 600, 3600
MOST_SHOWN = 100  # cards in one word of a page
_CARD = re.compile(r"([1-9]\d{0,17})\.(\d{1,4})")
# The lists of the shop, by their pages. What is picked and the feed are logged where they are made, with probability.
PLACES = {
    "shop:tab": "tab",
    "shop:search": "search",
    "shop:category": "category",
    "shop:newest": "newest",
    "shop:trending": "trending",
    "shop:product": "product",
}
KINDS = (Interaction.Kind.VIEW, Interaction.Kind.SHARE, Interaction.Kind.SEARCH_CLICK)


class DeedForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in KINDS])
    product = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    dwell_ms = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class ShownForm(forms.Form):
    path = forms.CharField(max_length=2000)
    shown = forms.CharField(max_length=MOST_SHOWN * 24)  # "12.0,15.1": product and place in its list

    def clean_path(self) -> str:
        """The place a path of ours is."""
        try:
            page = resolve(self.cleaned_data["path"]).view_name
        except Resolver404:
            page = ""
        if page not in PLACES:
            raise forms.ValidationError("No list of the shop.")
        return PLACES[page]

    def clean_shown(self) -> list[recommender.Shown]:
        cards = [_CARD.fullmatch(card) for card in self.cleaned_data["shown"].split(",")]
        if None in cards or len(cards) > MOST_SHOWN:
            raise forms.ValidationError("No list of cards.")
        return [recommender.Shown(int(card[1]), int(card[2]), 1) for card in cards if card]


@require_POST
def shown(request: Request) -> HttpResponse:
    """Which things were in sight on a list of the shop, for the least that every channel is to be seen."""
    form, looker = ShownForm(request.POST), guests.visitor(request).looker
    if not form.is_valid():
        return HttpResponse(status=422)
    if not is_robot(request):
        try:
            limits.take(f"shown:{looker.person_id or limits.client_address(request)}", limit=LIMIT, seconds=SECONDS)
        except limits.TooMany:
            return HttpResponse(status=429)
        recommender.record_impressions(looker=looker, place=form.cleaned_data["path"], shown=form.cleaned_data["shown"])
    return HttpResponse(status=204)


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
